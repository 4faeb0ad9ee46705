import assert from 'node:assert/strict'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { agentTable } from '../../src/terminal/agent-table.ts'
import { textWidth } from '../../src/terminal/width.ts'

const row = (facts: Partial<AgentRow>): AgentRow => ({
  ...{ name: 'reviewer', status: 'running', pid: 123_456, sandbox: 'bwrap', profile: 'claude-code' },
  ...{
    workspace: '/w',
    session: 's',
    created_at: '2026-01-01T00:00:00Z',
    tags: {},
    gitlawb: false,
    did: null,
  },
  ...{
    log_file: '/l',
    id: 'aaaaaaaa',
    activity: 'unknown',
    activity_reason: null,
    activity_source: 'none',
    activity_evidence: '',
    activity_since: null,
    network: 'host',
    allow: [],
    exit_code: null,
    ended_at: null,
  },
  end_reason: null,
  ...facts,
})
const rows = [row({ tags: { team: 'x'.repeat(60), owner: 'me' } }), row({ name: 'w-2', sandbox: 'none' })]
const now = new Date('2026-01-01T02:00:00Z')
const table = (columns: number | undefined) =>
  agentTable(rows, columns === undefined ? {} : { isTTY: true, columns }, now).split('\n')
const headers = (columns: number | undefined) => table(columns)[0]?.trim().split(/\s+/)

describe('the table of agents', () => {
  beforeEach(() => {
    process.env.NO_COLOR = '1'
  })
  afterEach(() => {
    delete process.env.NO_COLOR
    delete process.env.FORCE_COLOR
  })

  it('is plain columns when piped, of any width', () => {
    const all = ['NAME', 'STATUS', 'ACTIVITY', 'PID', 'SANDBOX', 'PROFILE', 'AGE', 'TAGS']
    assert.deepEqual(headers(undefined), all)
    assert.ok(table(undefined)[1]?.endsWith(`team=${'x'.repeat(60)},owner=me`))
    assert.match(table(undefined)[2] ?? '', /^w-2 +running +unknown +123456 +none +claude-code +2h +-$/)
  })

  it('has colours on a terminal, where they are forced, and never where they are refused', () => {
    assert.ok(!table(80).join('').includes('\x1b'))
    process.env.FORCE_COLOR = '1'
    assert.ok(table(undefined)[1]?.includes('\x1b[32mrunning\x1b[39m'))
    delete process.env.NO_COLOR
    delete process.env.FORCE_COLOR
    assert.ok(table(80)[1]?.includes('\x1b[32mrunning\x1b[39m'))
    assert.ok(!table(undefined).join('').includes('\x1b'))
  })

  it('fits every terminal down to 20 columns', () => {
    for (let columns = 20; columns <= 140; columns += 1) {
      for (const line of table(columns)) {
        assert.ok(textWidth(line) <= columns, `${textWidth(line)} of ${columns}: ${line}`)
      }
    }
  })

  it('cuts long texts first, then leaves out the pid, then tags, and never name and status', () => {
    assert.equal(headers(80)?.length, 8)
    assert.ok(!headers(60)?.includes('PID'))
    assert.ok(headers(60)?.includes('SANDBOX'))
    assert.deepEqual(headers(40), ['NAME', 'STATUS', 'ACTIVITY', 'AGE'])
    assert.deepEqual(headers(20), ['NAME', 'STATUS'])
  })
})
