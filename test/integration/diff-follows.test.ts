import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { DiffReport } from '../../src/agents/diff/report.ts'
import { TestHome } from '../support/agentvm.ts'

describe('the baseline of diff', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('follows its agent over a restart, a rename, a clone, and the trash and back', async () => {
    const changes = async (name: string) => {
      const { base, files } = await home.json<DiffReport>('diff', name)
      return [
        base,
        ...files.map(({ path, status, added, deleted }) => `${status} ${path} +${added} -${deleted}`),
      ]
    }
    const expected = ['spawn', 'deleted gone +0 -1', 'modified kept +1 -0', 'added new +1 -0']
    mkdirSync(home.file('workspaces', 'a'), { recursive: true })
    for (const name of ['gone', 'kept', 'same'])
      writeFileSync(home.file('workspaces', 'a', name), `${name}\n`)
    await home.ok(
      'spawn',
      'a',
      '--',
      'sh',
      '-c',
      'rm -f gone; echo x >new; [ $(wc -l <kept) = 2 ] || echo x >>kept',
    )
    await home.ok('wait', 'a')
    assert.deepEqual(await changes('a'), expected)
    await home.ok('restart', 'a')
    await home.ok('wait', 'a')
    assert.deepEqual(await changes('a'), expected)
    await home.ok('rename', 'a', 'b')
    assert.deepEqual(await changes('b'), expected)
    await home.ok('clone', 'b', 'c')
    assert.deepEqual(await changes('c'), expected)
    await home.ok('clean', '--force')
    assert.deepEqual(home.leftovers('baselines'), [])
    await home.ok('trash', 'restore', 'c')
    assert.deepEqual(await changes('c'), expected)
  })
})
