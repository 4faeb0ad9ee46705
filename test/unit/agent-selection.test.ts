import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { liveness } from '../../src/agents/state/liveness.ts'
import { selectAgents } from '../../src/agents/state/select.ts'
import { processStart } from '../../src/system/processes.ts'
import { defaultSocket, lookAgain } from '../../src/tmux/default-server.ts'
import { endUsersSession } from '../../src/tmux/session.ts'
import { TerminalHome } from '../support/terminal-agent.ts'

describe('a choice of agents', () => {
  let home: TerminalHome
  before(() => {
    home = new TerminalHome()
    const live = { pid: process.pid, pidStart: processStart(process.pid) ?? '' }
    home.record('w-10', { ...live, tags: { team: 'x' } })
    home.record('w-2', { ...live, tags: { team: 'x', role: 'lead' } })
    home.record('dead', { endedAt: '2026-01-01T00:00:00Z', tags: { team: 'x' } })
    home.record('other', live)
  })
  after(() => home.remove())

  const choose = (choice: Partial<Parameters<typeof selectAgents>[1]>, status?: 'running' | 'dead') =>
    selectAgents(home.context, { names: [], tags: {}, all: false, ...choice }, status)

  it('is by name, as they are given, whether they are there or not', async () => {
    assert.deepEqual(await choose({ names: ['w-10', 'gone', 'dead'] }, 'running'), ['w-10', 'gone', 'dead'])
  })

  it('is by all of some tags, or all agents, in natural order; of one status if that is asked for', async () => {
    assert.deepEqual(await choose({ tags: { team: 'x' } }), ['dead', 'w-2', 'w-10'])
    assert.deepEqual(await choose({ tags: { team: 'x', role: 'lead' } }), ['w-2'])
    assert.deepEqual(await choose({ all: true }), ['dead', 'other', 'w-2', 'w-10'])
    assert.deepEqual(await choose({ all: true, tags: { team: 'x' } }, 'running'), ['w-2', 'w-10'])
    assert.deepEqual(await choose({ all: true }, 'dead'), ['dead'])
    await assert.rejects(() => choose({}), { message: 'which agent?' })
  })
})

describe('an agent of the bash tool', () => {
  const before = process.env.TMUX_TMPDIR
  let home: TerminalHome
  beforeEach(() => {
    home = new TerminalHome()
    process.env.TMUX_TMPDIR = home.home.root
    mkdirSync(join(defaultSocket(), '..'), { mode: 0o700 })
    lookAgain()
  })
  afterEach(async () => {
    for (const session of ['agentvm-b1', 'other']) await endUsersSession(session)
    if (before === undefined) delete process.env.TMUX_TMPDIR
    else process.env.TMUX_TMPDIR = before
    lookAgain()
    await home.remove()
  })

  it('runs as long as its session is on the user’s own server', () => {
    const state = (facts = {}) => {
      lookAgain()
      const own = { bootId: '', socket: '', pid: process.pid, ...facts }
      return liveness(home.record('b1', own), home.home)
    }
    assert.equal(state(), 'ended', 'there is no server')
    for (const session of ['other', 'agentvm-b1']) {
      assert.equal(state(), 'ended')
      execFileSync('tmux', [
        '-S',
        defaultSocket(),
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        '-s',
        session,
        'sleep 60',
      ])
    }
    assert.equal(state(), 'running')
    assert.equal(state({ pid: 0 }), 'ended')
    assert.equal(state({ endedAt: 'x' }), 'ended')
    assert.equal(state({ session: 'agentvm-b2' }), 'ended')
  })
})
