import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { forEachAgent } from '../../src/agents/each.ts'
import type { SpawnRequest } from '../../src/agents/spawn/plan.ts'
import { swarmRequests } from '../../src/agents/spawn/swarm.ts'
import { readPrompts } from '../../src/agents/spawn/swarm-prompts.ts'
import { swarmSize } from '../../src/command-line/swarm-size.ts'
import { check, nasty } from '../support/fuzz.ts'

const template = { name: 'w', prompt: undefined, tags: { k: 'v' } } as unknown as SpawnRequest

describe('the requests of a swarm', () => {
  const prompts = (base: string, count: number, prompt: string) =>
    swarmRequests(base, count, { ...template, prompt }, undefined).map((request) => request.prompt)

  it('are the template’s with names of their own', () => {
    const requests = swarmRequests('w', 3, template, undefined)
    assert.deepEqual(
      requests.map(({ name, prompt, tags }) => [name, prompt, tags]),
      [1, 2, 3].map((index) => [`w-${index}`, undefined, { k: 'v' }]),
    )
  })

  it('have number, count and name in their prompts, and nothing else filled in', () => {
    assert.deepEqual(prompts('w', 2, '{i}/{n} {name} {i} {x} {} $& {'), [
      '1/2 w-1 1 {x} {} $& {',
      '2/2 w-2 2 {x} {} $& {',
    ])
  })

  it('have all else in their prompts as it is, whatever it is', () => {
    const parts = fc.array(
      fc.oneof(fc.constantFrom('{i}', '{n}', '{name}', '{', '}', '{{i}', '$1', '$&'), nasty),
      {
        maxLength: 12,
      },
    )
    check(parts, (words) => {
      const text = words.join('')
      const filled = prompts('w', 2, text)
      for (const [index, prompt] of filled.entries()) {
        const number = String(index + 1)
        const expected = text
          .split('{i}')
          .map((left) =>
            left
              .split('{n}')
              .map((rest) => rest.split('{name}').join(`w-${number}`))
              .join('2'),
          )
          .join(number)
        assert.equal(prompt, expected)
      }
      const own = swarmRequests('w', 1, template, [text])
      assert.equal(own[0]?.prompt, prompts('w', 1, text)[0])
    })
  })

  it('have a prompt of their own each, and as many as there are prompts', () => {
    const requests = swarmRequests('w', 2, template, ['a {i}', 'b {name}'])
    assert.deepEqual(
      requests.map(({ prompt }) => prompt),
      ['a 1', 'b w-2'],
    )
    assert.throws(() => swarmRequests('w', 3, template, ['a', 'b']), /there are 2 prompts for 3 agents/)
  })

  it('can’t be none, too many, or have names that no agent may have', () => {
    for (const count of [0, -1, 1_001, Number.NaN]) {
      assert.throws(() => swarmRequests('w', count, template, undefined), /can't be/)
    }
    assert.throws(() => swarmRequests('x'.repeat(62), 10, template, undefined), /can't be the name/)
  })
})

describe('the size of a swarm', () => {
  it('comes by argument, flag or prompts', () => {
    assert.equal(swarmSize('3', undefined, undefined), 3)
    assert.equal(swarmSize(undefined, '4', undefined), 4)
    assert.equal(swarmSize('4', '4', 2), 4)
    assert.equal(swarmSize(undefined, undefined, 5), 5)
  })
  for (const [argument, flag] of [
    [undefined, undefined],
    ['3', '4'],
    ['three', undefined],
    ['-3', undefined],
    ['1e3', undefined],
  ] as const)
    it(`isn't ${argument} and ${flag}`, () => assert.throws(() => swarmSize(argument, flag, undefined)))
})

describe('prompts in a folder', () => {
  it('come in natural order, without hidden files and folders', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-prompts-'))
    try {
      assert.throws(() => readPrompts(folder), /there are no prompts/)
      for (const name of ['task-10.md', 'task-2.md', '.hidden']) writeFileSync(join(folder, name), name)
      mkdirSync(join(folder, 'task-1.md'))
      assert.deepEqual(readPrompts(folder), ['task-2.md', 'task-10.md'])
      assert.throws(() => readPrompts(join(folder, 'nowhere')), /can't be read/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('work on several agents', () => {
  it('is done at most so many at a time, and a failure stops no other', async () => {
    let now = 0
    let most = 0
    const names = Array.from({ length: 20 }, (_, index) => `a${index}`)
    const done: string[] = []
    const outcomes = await forEachAgent(
      names,
      async (name, index) => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => setTimeout(resolve, (20 - index) % 3))
        now -= 1
        if (index === 3) throw new Error('no')
        return name.length
      },
      { limit: 4, onDone: ({ name }) => done.push(name) },
    )
    assert.equal(most, 4)
    assert.deepEqual(
      outcomes.map(({ name }) => name),
      names,
    )
    assert.deepEqual([...done].sort(), [...names].sort())
    assert.deepEqual(
      outcomes.filter(({ ok }) => !ok).map(({ name }) => name),
      ['a3'],
    )
  })
})
