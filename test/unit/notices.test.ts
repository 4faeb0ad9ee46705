import assert from 'node:assert/strict'
import type { ActivityState } from '@agentvm/sdk'
import { Notices } from '../../src/agents/attendant/notices.ts'
import { SteadyState } from '../../src/agents/attendant/steady-state.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'

const doing = (state: ActivityState, reason: string | null = null) => ({
  ...{ state, reason, source: 'screen' as const, evidence: '', since: null },
})

describe('what the user is told of an agent', () => {
  let notices: Notices
  beforeEach(() => {
    notices = new Notices()
  })
  const saw = (state: ActivityState, reason: string | null = null, lasts = true) =>
    notices.saw({ name: 'c1' }, doing(state, reason), lasts)
  const ended = (end: Partial<AgentRecord>) => notices.ended({ name: 'c1', ...end } as AgentRecord)

  it('is that it waits, and why, and that its work is done: once each', () => {
    assert.equal(saw('starting'), undefined)
    assert.equal(saw('idle'), undefined)
    assert.equal(saw('working', null, false), undefined)
    assert.deepEqual(saw('waiting', 'permission'), {
      ...{ event: 'waiting', reason: 'permission', message: 'c1 waits for you: permission' },
    })
    assert.equal(saw('idle', null, false), undefined)
    assert.equal(saw('idle')?.event, 'idle')
    assert.equal(saw('idle'), undefined)
    assert.equal(saw('blocker', 'trust')?.reason, 'trust')
  })

  it('is its end, unless the user killed it', () => {
    assert.equal(ended({ endReason: 'exited', exitCode: 3 })?.message, 'c1 has ended: exited, exit code 3')
    assert.equal(ended({ endReason: 'lost' })?.reason, 'lost')
    assert.equal(ended({ endReason: 'killed' }), undefined)
    assert.equal(ended({}), undefined)
  })
})

describe('a state that lasts', () => {
  it('counts once it has lasted, and once only', () => {
    let now = 0
    const steady = new SteadyState(100, () => now)
    const at = (time: number, state: string, reason: string | null = null) => {
      now = time
      return steady.saw({ state, reason })
    }
    assert.equal(at(0, 'idle'), false)
    assert.equal(at(50, 'working'), false)
    assert.equal(at(120, 'idle'), false, 'it flickers')
    assert.equal(at(220, 'idle'), true)
    assert.equal(at(300, 'idle'), false)
    assert.equal(at(310, 'waiting', 'permission'), false)
    assert.equal(at(420, 'waiting', 'question'), false, 'another reason is another state')
    assert.equal(at(530, 'waiting', 'question'), true)
    steady.forget()
    assert.equal(steady.isSteady, false)
  })
})
