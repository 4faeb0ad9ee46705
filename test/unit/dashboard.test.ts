import assert from 'node:assert/strict'
import type { WatchedAgent } from '../../src/agents/watch/monitor.ts'
import { coloursFor } from '../../src/terminal/colour.ts'
import { keyNames } from '../../src/terminal/dashboard/keys.ts'
import { type DashboardView, dashboardLines, firstShown } from '../../src/terminal/dashboard/layout.ts'
import { dashboardRows, type Sort } from '../../src/terminal/dashboard/rows.ts'
import {
  type Action,
  type DashboardState,
  FIRST_STATE,
  paste,
  press,
  withRows,
} from '../../src/terminal/dashboard/state.ts'
import { textWidth } from '../../src/terminal/width.ts'

const now = new Date('2026-01-01T12:00:00Z')
const agent = (name: string, facts: Partial<WatchedAgent> = {}): WatchedAgent => ({
  ...{ name, id: `id-${name}`, status: 'running', pid: 7, cpu_pct: 0, mem_pct: 0, rss_kb: 1000 },
  ...{ uptime: '01:00', uptime_seconds: 60, processes: 3, pss_kb: null, activity: 'unknown', profile: null },
  ...{ sandbox: 'bwrap', tags: {}, created_at: '2026-01-01T10:00:00Z', exit_code: null, end_reason: null },
  ...{ activity_reason: null, output: [] },
  ...facts,
})
const agents = [
  agent('w-1', { cpu_pct: 5, output: ['building', '╰───╯', ''] }),
  agent('w-2', { cpu_pct: 90, rss_kb: 9_000_000, tags: { team: 'red' } }),
  agent('w-10', { status: 'dead', cpu_pct: null, rss_kb: null, exit_code: 1, end_reason: 'exited' }),
  agent('zoé', { created_at: '2026-01-01T11:59:30Z', profile: 'codex', activity: 'waiting' }),
]
const rowsBy = (sort: Sort, filter = '') => dashboardRows(agents, { sort, filter }, now)
const names = (rows: { name: string }[]) => rows.map(({ name }) => name)
const rows = rowsBy('name')
const start = withRows(FIRST_STATE, rows)

/** The state after some keys, and the last thing they asked for. */
function pressed(keys: string[], from: DashboardState = start): { state: DashboardState; action?: Action } {
  let outcome: { state: DashboardState; action?: Action } = { state: from }
  for (const key of keys) outcome = press(outcome.state, key, rows, 2)
  return outcome
}

describe('the dashboard’s rows', () => {
  it('are sorted by what the user chooses, names among equals', () => {
    assert.deepEqual(names(rowsBy('name')), ['w-1', 'w-2', 'w-10', 'zoé'])
    assert.deepEqual(names(rowsBy('status')), ['w-1', 'w-2', 'zoé', 'w-10'])
    assert.deepEqual(names(rowsBy('cpu')), ['w-2', 'w-1', 'zoé', 'w-10'])
    assert.deepEqual(names(rowsBy('memory')), ['w-2', 'w-1', 'zoé', 'w-10'])
    assert.deepEqual(names(rowsBy('age')), ['zoé', 'w-1', 'w-2', 'w-10'])
  })

  it('are filtered by parts of name, status, profile and tags, all of them', () => {
    assert.deepEqual(names(rowsBy('name', 'W-')), ['w-1', 'w-2', 'w-10'])
    assert.deepEqual(names(rowsBy('name', 'w- dead')), ['w-10'])
    assert.deepEqual(names(rowsBy('name', 'team=red')), ['w-2'])
    assert.deepEqual(names(rowsBy('name', 'codex waiting')), ['zoé'])
    assert.deepEqual(names(rowsBy('name', '[')), [])
  })

  it('show the last line that says something, and age in steps once it is old', () => {
    assert.equal(rows[0]?.lastLine, 'building')
    const later = (seconds: number) =>
      dashboardRows(agents, { sort: 'name', filter: '' }, new Date(now.getTime() + seconds * 1000))
    assert.equal(rows[3]?.age, '30s')
    assert.equal(later(1)[3]?.age, '31s')
    assert.equal(later(35)[3]?.age, '1m')
  })
})

describe('the dashboard’s keys', () => {
  it('move within the rows, by one, by a page, to the ends', () => {
    const at = (...keys: string[]) => rows[pressed(keys).state.index]?.name
    assert.equal(at(), 'w-1')
    assert.equal(at('j'), 'w-2')
    assert.equal(at('down', 'down', 'k'), 'w-2')
    assert.equal(at('up'), 'w-1')
    assert.equal(at('pagedown'), 'w-10')
    assert.equal(at('G'), 'zoé')
    assert.equal(at('end', 'pageup'), 'w-2')
    assert.equal(at('end', 'down', 'home'), 'w-1')
  })

  it('ask for what they stand for, about the selected agent', () => {
    assert.deepEqual(pressed(['j', 'enter']).action, { kind: 'attach', name: 'w-2' })
    assert.deepEqual(pressed(['a']).action, { kind: 'attach', name: 'w-1' })
    assert.deepEqual(pressed(['l']).action, { kind: 'logs', name: 'w-1' })
    assert.deepEqual(pressed(['q']).action, { kind: 'quit' })
    assert.deepEqual(pressed(['ctrl-c']).action, { kind: 'interrupt' })
    assert.equal(pressed(['y']).action, undefined)
  })

  it('kill only after a yes', () => {
    assert.deepEqual(pressed(['x']).state.mode, { kind: 'confirm', action: 'kill', name: 'w-1' })
    assert.deepEqual(pressed(['x', 'y']).action, { kind: 'kill', name: 'w-1' })
    for (const key of ['n', 'enter', 'escape', 'x', 'j']) {
      const { state, action } = pressed(['x', key])
      assert.deepEqual([action, state.mode.kind], [undefined, 'list'], key)
    }
  })

  it('type a message, where letters are no commands', () => {
    const typed = pressed(['m', ...'quit?', 'backspace', 'ctrl-w', ...'hi you', 'enter'])
    assert.deepEqual(typed.action, { kind: 'message', name: 'w-1', text: 'hi you' })
    assert.equal(pressed(['m', 'x', 'escape']).action, undefined)
    assert.equal(pressed(['m', 'enter']).action, undefined)
    assert.deepEqual(pressed(['m', 'ctrl-c']).action, { kind: 'interrupt' })
  })

  it('edit the filter as it is typed, keep it on Enter and drop it on Escape', () => {
    assert.equal(pressed(['/', 'w', 'q']).state.filter, 'wq')
    assert.deepEqual(pressed(['/', 'w', 'enter']).state.mode, { kind: 'list' })
    assert.equal(pressed(['/', 'w', 'enter']).state.filter, 'w')
    assert.equal(pressed(['/', 'w', 'escape']).state.filter, '')
    assert.equal(pressed(['/', 'w', 'enter', 'escape']).state.filter, '')
    assert.equal(pressed(['/', 'down', 'j']).state.filter, 'j')
  })

  it('take a paste for text only where text is typed', () => {
    assert.equal(paste(start, 'xyq'), start)
    const typing = pressed(['m']).state
    assert.deepEqual(paste(typing, 'a\nb').mode, { kind: 'message', name: 'w-1', text: 'a\nb' })
  })

  it('keep the selected agent while rows come and go, or what took its place', () => {
    const on = pressed(['j', 'j']).state
    assert.equal(on.selected, 'id-w-10')
    assert.equal(withRows(on, rowsBy('age')).index, 3)
    const gone = rows.filter(({ name }) => name !== 'w-10')
    assert.equal(withRows(on, gone).selected, 'id-zoé')
    assert.equal(withRows(on, []).selected, undefined)
    assert.equal(press(withRows(on, []), 'x', [], 5).action, undefined)
  })

  it('are told apart as Ink reports them', () => {
    assert.deepEqual(keyNames('jj', {}), ['j', 'j'])
    assert.deepEqual(keyNames('', { pageDown: true }), ['pagedown'])
    assert.deepEqual(keyNames('c', { ctrl: true }), ['ctrl-c'])
    assert.deepEqual(keyNames('hi\r', {}), ['h', 'i', 'enter'])
    assert.deepEqual(keyNames('x', { meta: true }), [])
  })
})

describe('the dashboard’s screen', () => {
  const plain = coloursFor({ isTTY: false })
  const many = dashboardRows(
    Array.from({ length: 50 }, (_, index) =>
      agent(`agent-${index}`, { output: ['語'.repeat(200)], tags: { a: 'ü'.repeat(80) } }),
    ),
    { sort: 'name', filter: '' },
    now,
  )
  const view = (facts: Partial<DashboardView> = {}): DashboardView => ({
    ...{ state: withRows(FIRST_STATE, many), rows: many, total: 50, running: 50, notice: '' },
    output: ['one', '語'.repeat(300), 'last of the output'],
    ...facts,
  })

  it('has exactly the size of the terminal, whatever that is', () => {
    for (const mode of [
      { kind: 'list' },
      { kind: 'help' },
      { kind: 'message', name: 'x', text: 'ä語' },
    ] as const) {
      for (const columns of [20, 33, 40, 80, 200]) {
        for (const height of [3, 5, 10, 24, 60]) {
          const shown = view({ notice: 'n'.repeat(500) })
          const lines = dashboardLines(
            { ...shown, state: { ...shown.state, mode } },
            { columns, rows: height },
            plain,
          )
          assert.equal(lines.length, height)
          for (const line of lines) assert.ok(textWidth(line) <= columns, `${columns}: ${line}`)
        }
      }
    }
  })

  it('always shows the selected agent, also on 40 columns and 10 rows', () => {
    for (let index = 0; index < 50; index += 1) {
      const state = { ...FIRST_STATE, index, selected: many[index]?.id }
      const lines = dashboardLines(view({ state }), { columns: 40, rows: 10 }, plain)
      assert.ok(
        lines.some((line) => line.startsWith(`> agent-${index} `)),
        lines.join('\n'),
      )
      assert.ok(lines.some((line) => line.includes('last of the output')))
    }
  })

  it('scrolls no further than needed', () => {
    assert.deepEqual(
      [0, 1, 5, 9].map((selected) => firstShown(selected, 10, 4)),
      [0, 0, 3, 6],
    )
    assert.equal(firstShown(1, 2, 10), 0)
  })

  it('shows the end of what is being typed', () => {
    const mode = { kind: 'message', name: 'a', text: `${'x'.repeat(100)}\n語end` } as const
    const shown = view()
    const lines = dashboardLines(
      { ...shown, state: { ...shown.state, mode } },
      { columns: 30, rows: 10 },
      plain,
    )
    assert.match(lines.at(-1) ?? '', /x⏎語end_$/)
  })

  it('says so when there are no agents', () => {
    const lines = dashboardLines(
      view({ rows: [], total: 0, running: 0, output: [] }),
      { columns: 40, rows: 10 },
      plain,
    )
    assert.equal(lines[0], 'agentvm: 0 agents, 0 running, by name')
    assert.equal(lines[2], '  no agents')
  })
})
