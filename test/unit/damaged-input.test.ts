import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseCommit } from '../../src/agents/diff/git-look.ts'
import { timestamp } from '../../src/agents/events.ts'
import { countRequests, readRequests } from '../../src/agents/network/requests.ts'
import { readStoredPolicy } from '../../src/agents/report/stored-policy.ts'
import { limitsInForce } from '../../src/agents/usage/limits-in-force.ts'
import { homeOfEnvironment } from '../../src/policy/program/package-root.ts'
import { Home } from '../../src/settings/home.ts'
import { journalLines } from '../../src/terminal/journal-lines.ts'
import { requestLine } from '../../src/terminal/network-text.ts'
import { note, warn } from '../../src/terminal/standard-error.ts'
import { parsePanes } from '../../src/tmux/default-server.ts'

/** What fuzzing has found, one by one. */
describe('damaged input', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-damaged-'))
  const home = new Home({ AGENTVM_HOME: folder })
  after(() => rmSync(folder, { recursive: true }))

  it('in a message for the user can’t harm the terminal', () => {
    const written: string[] = []
    const { write } = process.stderr
    process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0
    try {
      note('line 1 of p.json: Unexpected token \u001b]0;x\u0007\n  → mend it')
      warn('\u009b2J \u202e')
    } finally {
      process.stderr.write = write
    }
    assert.deepEqual(written, [
      'agentvm: line 1 of p.json: Unexpected token ^[]0;x^G\n  → mend it\n',
      'agentvm: warning: <U+009B>2J <U+202E>\n',
    ])
  })

  it('as a time that is on no calendar is the first one, as git has it', () => {
    assert.equal(timestamp(new Date(Number.NaN)), '1970-01-01T00:00:00Z')
    assert.equal(timestamp(new Date(8.64e15)), '1970-01-01T00:00:00Z')
    assert.equal(timestamp(new Date('9999-12-31T23:59:59.999Z')), '9999-12-31T23:59:59Z')
    const commit = parseCommit(`${'a'.repeat(40)}\nA\na@b\n99999999999999999999\nsubject`)
    assert.deepEqual([commit?.time, commit?.subject], ['1970-01-01T00:00:00Z', 'subject'])
  })

  it('in the log of requests is left out', () => {
    const entry = {
      time: '2026-01-31T12:00:00Z',
      via: 'http',
      host: 'h',
      port: 1,
      decision: 'refused',
      rule: null,
      reason: 'no-rule',
    }
    const wrong = [
      null,
      1,
      [],
      {},
      { ...entry, host: 1 },
      { ...entry, port: '1' },
      { ...entry, decision: 'maybe' },
      { ...entry, reason: {} },
    ]
    mkdirSync(dirname(home.requestLog('a')), { recursive: true })
    writeFileSync(
      home.requestLog('a'),
      `${[...wrong, entry].map((line) => JSON.stringify(line)).join('\n')}\n{"ti`,
    )
    const entries = readRequests(home, 'a')
    assert.deepEqual(entries, [entry])
    assert.deepEqual(countRequests(entries), { allowed: 0, refused: 1, failed: 0 })
  })

  it('that is called as what every object has is a word like any other', () => {
    const time = '2026-01-31T12:00:00Z'
    const line = { time, event: 'constructor', name: 'a', detail: '' }
    assert.match(journalLines([line], { isTTY: true, columns: 80 }), /constructor/)
    const request = {
      time,
      via: 'http' as const,
      host: 'h',
      port: 1,
      decision: 'refused' as const,
      rule: null,
    }
    assert.match(requestLine({ ...request, reason: 'toString' }, {}), /refused {2}h:1 {2}toString {2}http\n$/)
  })

  it('in the place of a policy is none', () => {
    const mount = { source: '/x', target: '/x' }
    const policy = {
      ...{
        workspace: mount,
        home: mount,
        readOnly: [mount],
        readWrite: [],
        symlinks: [],
        sockets: [],
        protect: ['/x'],
        env: ['A'],
      },
      ...{ system: { readOnly: [], symlinks: [], files: [] }, network: { mode: 'host' } },
    }
    const read = (value: unknown) => {
      writeFileSync(join(folder, 'policy.json'), JSON.stringify(value))
      return readStoredPolicy(folder)
    }
    assert.deepEqual(read(policy), { ...policy, limits: {}, sources: {}, enforcement: { by: '', gaps: [] } })
    const wrong = [
      null,
      1,
      [],
      {},
      { ...policy, network: {} },
      { ...policy, home: 'x' },
      { ...policy, env: [1] },
    ]
    for (const value of [
      ...wrong,
      { ...policy, network: { mode: 'allowlist' } },
      { ...policy, enforcement: {} },
    ]) {
      assert.equal(read(value), undefined, JSON.stringify(value))
      assert.deepEqual(limitsInForce(folder), { memory_limit: null, process_limit: null, cpu_limit: null })
    }
  })

  it('of tmux, as a pid that is none, is left out', () => {
    assert.deepEqual([...parsePanes(`a\t12\nb\t${'9'.repeat(400)}\nc\tx`)], [['a', 12]])
  })

  it('of many blanks is read in no time', () => {
    writeFileSync(
      join(folder, 'pyvenv.cfg'),
      `home = /usr/bin${' '.repeat(200_000)}x\nhome = /opt \t\nversion = 3`,
    )
    const before = process.cpuUsage()
    assert.match(homeOfEnvironment(folder) ?? '', /^\/usr\/bin +x$/)
    assert.ok(process.cpuUsage(before).user < 1_000_000, 'it takes a second')
    writeFileSync(join(folder, 'pyvenv.cfg'), 'home = /opt \t\nversion = 3')
    assert.equal(homeOfEnvironment(folder), '/opt')
  })
})
