import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import type { PsRow } from '../../src/agents/usage/ps.ts'
import { isExecuted, TestHome, until } from '../support/agentvm.ts'

describe('agentvm ps', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const rowOf = async (name: string, ...flags: string[]) =>
    (await home.json<PsRow[]>('ps', ...flags)).find((row) => row.name === name)
  const up = (name: string) =>
    until(async () => (await home.ok('logs', name)).includes('up'), `the start of ${name}`)

  it('counts the whole tree of an agent: processes, memory, CPU over a window', async () => {
    await home.ok('spawn', 'busy', '--', 'sh', '-c', 'sleep 1000 & sleep 1000 & echo up; while :; do :; done')
    await home.ok('spawn', 'calm', '--', 'sh', '-c', 'echo up; exec sleep 1001')
    for (const name of ['busy', 'calm']) await up(name)
    await until(() => isExecuted('sleep', '1001'), 'the program of the calm one')
    // What starts an agent takes CPU and processes, too.
    const calm = await until(async () => {
      const row = await rowOf('calm')
      return row?.cpu_pct === 0 ? row : undefined
    }, 'the calm one, started')
    const busy = await until(async () => {
      const row = await rowOf('busy', '--pss')
      return (row?.cpu_pct ?? 0) > 5 ? row : undefined
    }, 'CPU of the busy one')
    assert.equal((busy.processes ?? 0) - (calm.processes ?? 0), 2)
    assert.ok((busy.rss_kb ?? 0) > 1000 && (busy.pss_kb ?? 0) > 100)
    assert.ok((busy.pss_kb ?? 0) < (busy.rss_kb ?? 0))
    assert.equal(calm.pss_kb, null)
    assert.match(calm.uptime ?? '', /^\d\d:\d\d$/)
    assert.match(
      await home.ok('ps'),
      /^NAME +STATUS +PID +CPU% +MEM% +RSS +PROCS +UPTIME +LIMITS +PROFILE\nbusy /,
    )
  })

  it('finds what detached itself where nothing contains processes', async () => {
    const detach = 'setsid sh -c "sleep 1000 & echo up; wait" & exec sleep 1000'
    await home.ok('spawn', 'loose', '--sandbox', 'none', '--', 'sh', '-c', `(${detach})`)
    await home.ok('spawn', 'plain', '--sandbox', 'none', '--', 'sh', '-c', 'echo up; exec sleep 1002')
    for (const name of ['loose', 'plain']) await up(name)
    await until(() => isExecuted('sleep', '1002'), 'the program of the plain one')
    const plain = await rowOf('plain')
    await until(
      async () => ((await rowOf('loose'))?.processes ?? 0) >= (plain?.processes ?? 0) + 2,
      'the detached processes',
    )
  })

  it('lists dead agents only with --all, without figures', async () => {
    await home.ok('spawn', 'over', '--', 'true')
    await home.ok('wait', 'over')
    assert.deepEqual(await home.json('ps'), [])
    const over = await rowOf('over', '-a')
    assert.equal(over?.status, 'dead')
    assert.deepEqual(
      [over.pid, over.cpu_pct, over.mem_pct, over.rss_kb, over.uptime, over.processes],
      [null, null, null, null, null, null],
    )
  })
})

describe('agentvm stats', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  interface Figures {
    agents: number
    running: number
    dead: number
    by_sandbox: { sandbox: string; running: number; dead: number }[]
    workspace_bytes: number
    log_bytes: number
    trash_bytes: number
    events_today: Record<string, number>
    largest_workspaces: { name: string; workspace_bytes: number }[]
  }

  it('counts agents, sizes and the events of today', async () => {
    await home.ok('spawn', 'a', '--', 'sleep', '1000')
    await home.ok('spawn', 'b', '--sandbox', 'none', '--', 'sh', '-c', 'printf 12345 >file; echo hello')
    await home.ok('wait', 'b')
    appendFileSync(home.file('events.jsonl'), 'damaged\n')
    const stats = await home.json<Figures>('stats')
    assert.deepEqual([stats.agents, stats.running, stats.dead], [2, 1, 1])
    assert.deepEqual(stats.by_sandbox, [
      { sandbox: 'bwrap', running: 1, dead: 0 },
      { sandbox: 'none', running: 0, dead: 1 },
    ])
    assert.equal(stats.workspace_bytes, 5)
    assert.deepEqual(stats.largest_workspaces[0], { name: 'b', workspace_bytes: 5 })
    assert.ok(stats.log_bytes >= 'hello'.length)
    assert.equal(stats.events_today.spawn, 2)
    assert.match(await home.ok('stats'), /^agents +2: 1 running, 1 dead\n/)
    await home.ok('clean', '--force')
    assert.ok((await home.json<Figures>('stats')).trash_bytes > 5)
  })

  it('works with nothing there, and leaves yesterday’s events out', async () => {
    mkdirSync(home.path, { recursive: true })
    writeFileSync(home.file('events.jsonl'), '{"time":"2020-01-01T00:00:00Z","event":"spawn"}\n')
    const stats = await home.json<Figures>('stats')
    assert.deepEqual([stats.agents, stats.workspace_bytes, stats.events_today], [0, 0, {}])
  })
})

describe('agentvm open', () => {
  let home: TestHome
  beforeEach(async () => {
    home = new TestHome()
    await home.ok('spawn', 'a', '--', 'true')
    await home.ok('wait', 'a')
  })
  afterEach(() => home.remove())

  /** A PATH whose first folder has an xdg-open that ends with `code`. */
  function withOpener(code: number): Record<string, string> {
    mkdirSync(home.file('bin'), { recursive: true })
    const opener = home.file('bin', 'xdg-open')
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" >'${home.file('opened')}'\nexit ${code}\n`)
    chmodSync(opener, 0o755)
    return { DISPLAY: ':0', PATH: `${home.file('bin')}:${process.env.PATH}` }
  }

  it('prints the path where there is no desktop', async () => {
    const env = { DISPLAY: '', WAYLAND_DISPLAY: '' }
    assert.equal((await home.run(['open', 'a'], { env })).stdout, `${home.file('workspaces', 'a')}\n`)
  })

  it('opens the file manager of a desktop, unless told to print', async () => {
    const env = withOpener(0)
    const printed = await home.run(['open', 'a', '--print', '--json'], { env })
    assert.equal(JSON.parse(printed.stdout).opened, false)
    const opened = await home.run(['open', 'a', '--json'], { env })
    assert.equal(JSON.parse(opened.stdout).opened, true)
    assert.equal(home.read('opened'), home.file('workspaces', 'a'))
  })

  it('says when the file manager fails, and when the workspace is gone or a link', async () => {
    const failed = await home.run(['open', 'a'], { env: withOpener(4) })
    assert.deepEqual([failed.code, /could not open/.test(failed.stderr)], [1, true])
    rmdirSync(home.file('workspaces', 'a'))
    symlinkSync('/etc', home.file('workspaces', 'a'))
    const gone = await home.run(['open', 'a'], { env: withOpener(0) })
    assert.deepEqual([gone.code, /is not there/.test(gone.stderr)], [1, true])
  })
})
