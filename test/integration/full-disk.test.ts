import assert from 'node:assert/strict'
import { FaultyHome, processesOf } from '../support/faults/faulty-home.ts'

const CANT_BE_WRITTEN = /^agentvm: warning: how agent 'a1' ended can't be written down yet: \S+: \S/m

describe('a disk that takes nothing more', function () {
  this.timeout(120_000)
  let home: FaultyHome
  beforeEach(async () => {
    home = new FaultyHome()
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'sleep', '1000')
  })
  afterEach(() => home.remove())

  /** The first effect in which a command writes how an agent has ended. */
  const recording = (effects: readonly string[]) =>
    1 + effects.findIndex((effect) => /open .*\/(?:state|provenance)\/|symlink .*\/provenance\//.test(effect))
  const endOf = async () => JSON.parse(await home.ok('list', '--json'))[0].end_reason

  it('keeps nobody from killing an agent, which is written down later', async () => {
    const at = recording(await home.effects(['kill', 'a1']))
    await home.ok('restart', 'a1')
    const { code, stdout, stderr } = await home.runFaulty(['kill', 'a1'], { at, kind: 'ENOSPC', stays: true })
    assert.deepEqual([code, stdout], [0, 'a1: killed\n'], stderr)
    assert.match(stderr, CANT_BE_WRITTEN)
    assert.deepEqual([processesOf(home), await endOf()], [[], 'killed'])
  })

  for (const kind of ['ENOSPC', 'EROFS'] as const) {
    it(`keeps nobody from looking at agents: ${kind}`, async () => {
      await home.ok('tmux', 'a1', 'kill-server')
      for (const args of [['list'], ['info', 'a1']]) {
        const { code, stdout, stderr } = await home.runFaulty(args, { at: 1, kind, stays: true })
        assert.deepEqual([code, /\bdead\b/.test(stdout)], [0, true], stderr)
        assert.match(stderr, CANT_BE_WRITTEN)
      }
      assert.equal(await endOf(), 'lost')
    })
  }
})
