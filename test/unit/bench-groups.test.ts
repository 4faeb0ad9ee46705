import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chooseGroups } from '../bench/groups.ts'
import { Workbench } from '../bench/workbench.ts'

const never = new AbortController().signal
const quiet = (rounds: number, signal = never) =>
  Object.assign(new Workbench(rounds, signal), { say: () => {} })

describe('groups of the bench', () => {
  const nothing = async () => {}
  const groups = { one: nothing, two: nothing, three: nothing }
  const names = (...chosen: string[]) => chooseGroups(chosen, groups).map(([name]) => name)
  afterEach(() => {
    process.exitCode = undefined
  })

  it('are chosen by name, in the bench’s order; all without one', () => {
    assert.deepEqual(names(), ['one', 'two', 'three'])
    assert.deepEqual(names('three', 'one'), ['one', 'three'])
    assert.throws(() => names('tow'), /no group 'tow': one, two, three/)
    assert.throws(() => names('toString'), /no group 'toString'/)
  })

  it('leave nothing behind, also if they fail; the last is removed first', async () => {
    const bench = quiet(1)
    const steps: string[] = []
    let folder = ''
    await bench.run('bad', async (group) => {
      folder = group.folder()
      group.later(() => steps.push('first'))
      group.later(() => Promise.reject(new Error('it is held')))
      group.later(() => steps.push('last'))
      assert.ok(existsSync(folder))
      throw new Error('no luck')
    })
    assert.deepEqual([steps, existsSync(folder)], [['last', 'first'], false])
    assert.deepEqual(bench.report.missing, [{ name: 'bad', why: 'no luck' }])
    assert.equal(process.exitCode, 1)
  })

  it('time their cases in turns, after a round that does not count', async () => {
    const bench = quiet(3)
    const turns: string[] = []
    await bench.run('turns', async (group) => {
      const one = (name: string, ms: number, more = {}) => ({
        name,
        time: async (round: number) => {
          turns.push(`${name}${round}`)
          return ms
        },
        ...more,
      })
      await group.time([
        one('a', 10),
        one('b', 15, { floor: 'a', rounds: 1 }),
        one('c', 1, { rounds: 1, cold: true }),
      ])
    })
    assert.deepEqual(turns, ['a0', 'b0', 'a1', 'b1', 'c1', 'a2', 'a3'])
    assert.deepEqual(
      bench.report.timings.map(({ name, rounds, median, ratio }) => [name, rounds, median, ratio]),
      [
        ['a', 3, 10, null],
        ['b', 1, 15, 1.5],
        ['c', 1, 1, null],
      ],
    )
  })

  it('stop when they are interrupted, with what runs, and are removed', async () => {
    const stop = new AbortController()
    const bench = quiet(1, stop.signal)
    let folder = ''
    const run = bench.run('long', async (group) => {
      folder = group.folder()
      setTimeout(() => stop.abort(), 50)
      await group.time([{ name: 'sleep', argv: () => ['sleep', '1000'] }])
    })
    await assert.rejects(run, { name: 'AbortError' })
    assert.equal(existsSync(folder), false)
    assert.deepEqual(bench.report.missing, [])
  })
})
