import assert from 'node:assert/strict'
import type { Context } from '../../src/agents/context.ts'
import { AgentMonitor, type WatchSnapshot } from '../../src/agents/watch/monitor.ts'
import type { DashboardActions } from '../../src/terminal/dashboard/actions.ts'
import { DashboardSession } from '../../src/terminal/dashboard/session.ts'
import { until } from '../support/agentvm.ts'

/** Sees what it is told. */
class ScriptedMonitor extends AgentMonitor {
  looks = 0
  next: () => WatchSnapshot['agents']

  constructor(next: () => WatchSnapshot['agents']) {
    super({} as Context, { lines: 1 })
    this.next = next
  }

  override async look(): Promise<WatchSnapshot> {
    this.looks += 1
    return { time: '', agents: this.next() }
  }
}

const agent = (facts: Partial<WatchSnapshot['agents'][number]> = {}): WatchSnapshot['agents'][number] => ({
  ...{ name: 'a1', id: 'aaaaaaaa', status: 'running', pid: 7, cpu_pct: 0, mem_pct: 0, rss_kb: 1000 },
  ...{ uptime: '01:00', uptime_seconds: 60, processes: 3, pss_kb: null, activity: 'unknown', profile: null },
  ...{ sandbox: 'bwrap', tags: {}, created_at: '2020-01-01T10:00:00Z', exit_code: null, end_reason: null },
  ...{ activity_reason: null, output: [] },
  ...facts,
})

describe('the dashboard’s session', () => {
  let end = () => {}
  afterEach(() => end())

  /** A session that is shown, and how often it wanted to be drawn. */
  function shown(monitor: AgentMonitor, actions: Partial<DashboardActions> = {}) {
    const session = new DashboardSession(
      monitor,
      { ...(actions as DashboardActions), stop: async () => {} },
      { intervalMs: 5, stateFolder: '/nonexistent' },
    )
    const drawn = { times: 0, exits: [] as unknown[] }
    session.subscribe(() => {
      drawn.times += 1
    })
    end = session.connect({ exit: (result) => drawn.exits.push(result), suspend: (use) => use() })
    const press = (...keys: string[]) => {
      for (const key of keys) session.press(key, { columns: 80, rows: 24 })
    }
    return { session, drawn, press }
  }

  it('is drawn only when something that it shows has changed', async () => {
    let memory = 5_000_000
    const monitor = new ScriptedMonitor(() => [agent({ rss_kb: memory, cpu_pct: 0.01 })])
    const { drawn } = shown(monitor)
    await until(() => monitor.looks >= 10, 'ten looks')
    assert.equal(drawn.times, 1)
    memory = 5_000_001
    await until(() => monitor.looks >= 15, 'more looks')
    assert.equal(drawn.times, 1)
    memory = 6_000_000
    await until(() => drawn.times === 2, 'the change')
  })

  it('says what failed, and goes on', async () => {
    const monitor = new ScriptedMonitor(() => [agent()])
    const { session, press, drawn } = shown(monitor, {
      kill: async () => {
        throw new Error("it won't \x1b[31mdie")
      },
    })
    await until(() => drawn.times > 0, 'the agents')
    press('x', 'y')
    await until(() => session.view().notice === "it won't die", 'the reason')
    monitor.next = () => {
      throw new Error('no disk')
    }
    await until(() => session.view().notice === 'no disk', 'the reason')
    monitor.next = () => [agent({ name: 'a2' })]
    await until(() => session.view().rows[0]?.name === 'a2', 'the next look')
  })

  it('waits at its end for what was begun', async () => {
    let done = () => {}
    const kill = () =>
      new Promise<void>((resolve) => {
        done = resolve
      })
    const { session, press, drawn } = shown(new ScriptedMonitor(() => [agent()]), { kill })
    await until(() => drawn.times > 0, 'the agents')
    press('x', 'y', 'q')
    const said: string[] = []
    let finished = false
    const finish = session
      .finish((what) => said.push(what))
      .then(() => {
        finished = true
      })
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([finished, said], [false, ['a1: kill …']])
    done()
    await finish
  })

  it('does not look while something else has the terminal', async () => {
    const monitor = new ScriptedMonitor(() => [agent()])
    let leave: (() => void) | undefined
    const { press, drawn } = shown(monitor, {
      attach: () =>
        new Promise((resolve) => {
          leave = resolve
        }),
    })
    await until(() => drawn.times > 0, 'the agents')
    press('a')
    const detach = await until(() => leave, 'the attached agent')
    const before = monitor.looks
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.ok(monitor.looks <= before + 1)
    detach()
    await until(() => monitor.looks > before + 1, 'looks again')
  })

  it('leaves on a signal, also on one that came while something else had the terminal', async () => {
    const { session, drawn } = shown(new ScriptedMonitor(() => []))
    // Who loses its terminal is told so and continued at the same moment: either may be heard first.
    await session.whileAway(async () => session.interrupt('SIGHUP'))
    assert.deepEqual(drawn.exits, [129])
  })

  it('ends with 0 on q and with 130 on Ctrl-C', () => {
    const { press, drawn } = shown(new ScriptedMonitor(() => []))
    press('q', 'ctrl-c')
    assert.deepEqual(drawn.exits, [0, 130])
  })
})
