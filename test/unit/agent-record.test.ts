import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { SpawnRequest } from '../../src/agents/spawn/plan.ts'
import { lastingFacts } from '../../src/agents/state/lasting-facts.ts'
import { checkName, compareNames, newId, unknownAgent } from '../../src/agents/state/names.ts'
import { decodeRecord, encodeRecord } from '../../src/agents/state/record-codec.ts'
import { relocated } from '../../src/agents/state/relocate.ts'
import { checkChoice, describeTags } from '../../src/agents/state/select.ts'
import { secretsOf, spawnFacts } from '../../src/agents/state/spawn-facts.ts'
import { formatState, parseState } from '../../src/agents/state/state-file.ts'
import { agentSummary } from '../../src/agents/state/summary.ts'
import { formatTags, hasTags, parseTags, tagsFromFlags } from '../../src/agents/state/tags.ts'
import { Home } from '../../src/settings/home.ts'

/** A state file in which nothing is as by default. */
const VALUES = {
  AGENT_NAME: 'a1',
  AGENT_PID: '77',
  AGENT_SANDBOX: 'bwrap',
  AGENT_WORKSPACE: '/w/a1',
  AGENT_CREATED_AT: '2026-01-31T12:00:00Z',
  AGENT_SESSION: 'agentvm-a1',
  AGENT_PROFILE: 'codex',
  AGENT_LOG_FILE: '/l/a1.log',
  AGENT_GITLAWB: 'true',
  AGENT_GITLAWB_DID: 'did:key:z1',
  AGENT_TAGS: 'a=1,b=two words',
  AGENT_PROMPT_FILE: '/l/a1.prompt',
  AGENT_FROM_DIR: '/from',
  AGENT_FROM_GIT: 'https://h/r',
  AGENT_FROM_GIT_REF: 'main',
  AGENT_EXTRA_CMD: "sh -c 'a b'",
  AGENT_FORMAT: '1',
  AGENT_ID: 'abcdefgh',
  AGENT_HOME_DIR: '/h/abcdefgh',
  AGENT_SEEDED: 'codex,pi',
  AGENT_WORKSPACE_OWNED: 'true',
  AGENT_SOCKET: '/s/tmux',
  AGENT_NET: 'allowlist',
  AGENT_POLICY: '{"protect":"off"}',
  AGENT_HOST_EXECUTED: '[".envrc"]',
  AGENT_PLACEHOLDERS: '[{"root":"/w/a1","path":".envrc"}]',
  AGENT_ALLOW: 'a.com codex\n*.b.com:80=private',
  AGENT_REVOKED: 'c.com d.com:80',
  AGENT_ENV: 'A B',
  AGENT_RO: "/r '/r 2'",
  AGENT_RW: '/w2',
  AGENT_UNSAFE: 'true',
  AGENT_REQUIRE_LIMITS: 'true',
  AGENT_CGROUP: '["/sys/fs/cgroup/x"]',
  AGENT_PID_START: '123',
  AGENT_BOOT_ID: 'boot',
  AGENT_SPAWNER: '5:6',
  AGENT_EXIT_CODE: '3',
  AGENT_ENDED_AT: '2026-01-31T13:00:00Z',
  AGENT_END_REASON: 'killed',
  AGENT_NEWER: 'kept',
}

describe('the record of an agent', () => {
  it('is what its state file says, and is written as it was', () => {
    const record = decodeRecord(VALUES, 'a1')
    assert.deepEqual(record, {
      ...{ id: 'abcdefgh', name: 'a1', workspace: '/w/a1', workspaceOwned: true, home: '/h/abcdefgh' },
      ...{ seeded: ['codex', 'pi'], sandbox: 'bwrap', profile: 'codex', command: ['sh', '-c', 'a b'] },
      ...{ tags: { a: '1', b: 'two words' }, createdAt: '2026-01-31T12:00:00Z', session: 'agentvm-a1' },
      ...{ socket: '/s/tmux', logFile: '/l/a1.log', promptFile: '/l/a1.prompt', fromDir: '/from' },
      ...{ fromGit: 'https://h/r', fromGitRef: 'main', gitlawb: true, did: 'did:key:z1' },
      ...{ network: 'allowlist', wishes: { protect: 'off' }, hostExecuted: ['.envrc'] },
      placeholders: [{ root: '/w/a1', path: '.envrc' }],
      ...{ cgroup: ['/sys/fs/cgroup/x'], revoked: ['c.com', 'd.com:80'] },
      allow: [
        { host: 'a.com', port: 443, from: 'codex' },
        { host: '*.b.com', port: 80, private: true },
      ],
      asked: {
        ...{ envNames: ['A', 'B'], readOnly: ['/r', '/r 2'], readWrite: ['/w2'] },
        ...{ unsafe: true, requireLimits: true },
      },
      ...{ pid: 77, pidStart: '123', bootId: 'boot', spawner: '5:6', exitCode: 3 },
      ...{ endedAt: '2026-01-31T13:00:00Z', endReason: 'killed', extra: { AGENT_NEWER: 'kept' } },
    })
    assert.deepEqual(encodeRecord(record), VALUES)
    assert.equal(Object.keys(encodeRecord(record))[0], 'AGENT_NAME')
  })

  it('of the bash tool has few keys, and owns what that made', () => {
    const record = decodeRecord({ AGENT_WORKSPACE: '/h/workspaces/a1', AGENT_PROFILE: 'pi' }, 'a1')
    assert.deepEqual(record, {
      ...{ id: 'a1', name: 'a1', workspace: '/h/workspaces/a1', workspaceOwned: true },
      ...{ home: '/h/workspaces/a1/.home', seeded: ['pi'], sandbox: 'none', profile: 'pi' },
      ...{ command: undefined, tags: {}, createdAt: '', session: '', socket: '' },
      ...{ logFile: '/h/state/a1.log', promptFile: undefined, fromDir: undefined, fromGit: undefined },
      ...{ fromGitRef: undefined, gitlawb: false, did: undefined, network: 'host', wishes: {} },
      ...{ hostExecuted: undefined, placeholders: [], cgroup: [], allow: [], revoked: [] },
      asked: { envNames: [], readOnly: [], readWrite: [], unsafe: false, requireLimits: false },
      ...{ pid: 0, pidStart: '', bootId: '', spawner: '', exitCode: undefined, endedAt: undefined },
      ...{ endReason: undefined, extra: {} },
    })
    const written = encodeRecord(record)
    const empty = Object.keys(written).filter((key) => written[key as keyof typeof written] === '')
    assert.equal(empty.length, 22, empty.join())
    assert.ok(!('AGENT_UNSAFE' in written) && !('AGENT_ENV' in written))
    assert.deepEqual([written.AGENT_PID, written.AGENT_GITLAWB, written.AGENT_FORMAT], ['0', 'false', '1'])
    const elsewhere = decodeRecord({ AGENT_WORKSPACE: '/mine/a1' }, 'a1')
    assert.deepEqual([elsewhere.workspaceOwned, elsewhere.seeded], [false, []])
    const ours = decodeRecord(
      { AGENT_FORMAT: '1', AGENT_WORKSPACE: '/h/workspaces/a1', AGENT_PROFILE: 'pi' },
      'a1',
    )
    assert.deepEqual([ours.workspaceOwned, ours.seeded], [false, []])
  })

  it('takes no value that can’t be one, and none of a newer agentvm', () => {
    const changed = {
      ...{ AGENT_NET: 'all', AGENT_END_REASON: 'tired', AGENT_PID: 'x', AGENT_EXTRA_CMD: "it's" },
      ...{ AGENT_POLICY: '[1]', AGENT_HOST_EXECUTED: '[1]', AGENT_CGROUP: '"x"', AGENT_RO: "'" },
      AGENT_PLACEHOLDERS: '[{"root":"/w","path":1}]',
    }
    const { network, endReason, pid, command, wishes, hostExecuted, cgroup, placeholders, asked } =
      decodeRecord({ ...VALUES, ...changed }, 'a1')
    assert.deepEqual([network, endReason, pid, command, wishes], ['host', undefined, 0, ["it's"], {}])
    assert.deepEqual([hostExecuted, cgroup, placeholders, asked.readOnly], [undefined, [], [], []])
    assert.deepEqual(decodeRecord({ AGENT_PLACEHOLDERS: '[null]', AGENT_POLICY: '{' }, 'a').placeholders, [])
    assert.deepEqual(decodeRecord({ AGENT_POLICY: '"x"' }, 'a').wishes, {})
    assert.deepEqual(decodeRecord({ AGENT_POLICY: 'null' }, 'a').wishes, {})
    assert.deepEqual(decodeRecord({ AGENT_EXTRA_CMD: ' ' }, 'a').command, undefined)
    assert.deepEqual(decodeRecord({}, 'a').workspace, '')
    for (const reason of ['exited', 'out-of-memory', 'process-limit', 'killed', 'lost'] as const)
      assert.equal(decodeRecord({ AGENT_END_REASON: reason }, 'a').endReason, reason)
    for (const network of ['host', 'none', 'allowlist'] as const)
      assert.equal(decodeRecord({ AGENT_NET: network }, 'a').network, network)
    for (const format of ['2', 'x']) {
      assert.throws(() => decodeRecord({ AGENT_FORMAT: format }, 'a1'), {
        message: `agent 'a1' was made by a newer agentvm (state format ${format}, this one knows 1)`,
        fix: 'agentvm upgrade',
      })
    }
  })

  it('keeps for its restart what lasts, and tells plugins what it is', () => {
    const passing = [
      ...['AGENT_NEW_WORKSPACE', 'AGENT_SEEDING', 'AGENT_THROWAWAY', 'AGENT_TRASH', 'AGENT_WENT_DOWN'],
      ...['AGENT_RENAMED_FROM', 'AGENT_RENAME_TO', 'AGENT_RESTORING', 'AGENT_ELSEWHERE', 'AGENT_KEY_CHANGE'],
    ]
    const values = { ...VALUES, ...Object.fromEntries(passing.map((key) => [key, 'x'])) }
    const record = decodeRecord(values, 'a1')
    assert.deepEqual(lastingFacts(record), { AGENT_NEWER: 'kept' })
    assert.deepEqual(lastingFacts(undefined), {})
    const summary = { id: 'abcdefgh', name: 'a1', workspace: '/w/a1', sandbox: 'bwrap', tags: record.tags }
    assert.deepEqual(agentSummary(record), { ...summary, profile: 'codex' })
    assert.deepEqual(agentSummary({ ...record, profile: undefined }), summary)
  })

  it('says of a spawn what was asked for, without the values of its variables', () => {
    const request = {
      ...{ env: ['A=1=2', 'B', 'A=3', 'C='], readOnly: ['x', '/r'], readWrite: ['.'] },
      ...{ unsafe: true, requireLimits: false },
    } as unknown as SpawnRequest
    assert.deepEqual(spawnFacts(request), {
      ...{ envNames: ['A', 'B', 'C'], readOnly: [join(process.cwd(), 'x'), '/r'] },
      ...{ readWrite: [process.cwd()], unsafe: true, requireLimits: false },
    })
    assert.deepEqual(secretsOf(request), { A: '3', C: '' })
  })

  it('goes with a home that was moved, and with no other', () => {
    const old = {
      ...{
        AGENT_WORKSPACE: '/gone/workspaces/a1',
        AGENT_HOME_DIR: '/gone/homes/x',
        AGENT_SOCKET: '/elsewhere/s',
      },
      ...{ AGENT_LOG_FILE: '/gone/state/a1.log', AGENT_PROMPT_FILE: '/gone/state/a1.prompt' },
      ...{
        AGENT_PLACEHOLDERS: '[{"root":"/gone/workspaces/a1","path":".envrc"}]',
        AGENT_X: '/gone/x',
        AGENT_Y: '/gonex',
      },
    }
    const home = new Home({ AGENTVM_HOME: '/new' })
    const record = decodeRecord(old, 'a1')
    const moved = relocated(record, home)
    assert.deepEqual(
      [moved.workspace, moved.home, moved.socket, moved.logFile, moved.promptFile],
      ['/new/workspaces/a1', '/new/homes/x', '/elsewhere/s', '/new/state/a1.log', '/new/state/a1.prompt'],
    )
    assert.deepEqual(moved.placeholders, [{ root: '/new/workspaces/a1', path: '.envrc' }])
    assert.deepEqual(moved.extra, { AGENT_X: '/new/x', AGENT_Y: '/gonex' })
    assert.equal(relocated({ ...record, promptFile: undefined }, home).promptFile, undefined)
    assert.equal(relocated(moved, home), moved)
    // Its folder is there: another way to the same home.
    const there = { ...record, logFile: '/usr/bin/a1.log' }
    assert.equal(relocated(there, home), there)
  })
})

describe('the text of a state file', () => {
  it('is read as the bash tool writes it, quoted, in parts, or not at all', () => {
    const text = `# by hand\n\nA='it'\\''s'\nB=plain\nC="two\nlines"\nD='x'"y"\\ z\nE=\nF='last'`
    assert.deepEqual(parseState(text, 'f'), {
      A: "it's",
      B: 'plain',
      C: 'two\nlines',
      D: 'xy z',
      E: '',
      F: 'last',
    })
    assert.equal(formatState({ A: "it's", B: '' }), "A='it'\\''s'\nB=''\n")
    assert.deepEqual(parseState("A='1'\n  \n#B='2'\nC='3'\n#end", 'f'), { A: '1', C: '3' })
    assert.deepEqual(parseState("\nA='1'\n", 'f'), { A: '1' })
    assert.deepEqual(parseState('', 'f'), {})
  })

  it('is damaged in a line that is named', () => {
    for (const [text, line] of [
      ["A='1'\nB='2'\nhello\nC='3'\n", 3],
      ["a='1'", 1],
      ["A='1'\nB='2", 2],
      ['A=1\n =2\n', 2],
    ] as const) {
      assert.throws(() => parseState(text, 'state/a.env'), {
        message: `the state file state/a.env is damaged in line ${line}`,
      })
    }
  })
})

describe('names of agents', () => {
  it('have letters, digits and dashes, at most 63', () => {
    for (const name of ['a', '9-z', 'A-B', 'x'.repeat(63)]) checkName(name)
    for (const name of ['', '-a', 'a_b', 'a.b', 'a\n', 'é', 'x'.repeat(64)]) {
      assert.throws(() => checkName(name), { exitCode: 2 }, name)
    }
    const id = newId()
    assert.match(id, /^[a-km-z2-9]{8}$/)
    assert.notEqual(newId(), id)
  })

  it('are ordered as people do', () => {
    const sorted = ['1', '2', '10', 'a', 'a-1', 'a-2', 'a-10', 'a-10-x', 'ab', 'w-01', 'w-1', 'w-2']
    assert.deepEqual([...sorted].reverse().sort(compareNames), sorted)
    assert.equal(compareNames('a-1', 'a-1'), 0)
    assert.deepEqual(['A', '\ufeff', '9'].sort(compareNames), ['9', 'A', '\ufeff'])
    assert.ok(compareNames('A', '\ufeff') < 0 && compareNames('9', '\ufeff') < 0)
    assert.ok(compareNames('a', 'a-1') < 0 && compareNames('a-1', 'a') > 0)
  })

  it('that no agent has lead to the nearest, or to all', () => {
    assert.equal(unknownAgent('crawler', ['other', 'crawlr']).fix, "did you mean 'crawlr'?")
    assert.equal(unknownAgent('x', ['something-else']).fix, "'agentvm list' shows those that there are")
  })
})

describe('tags', () => {
  it('are read from flags and from the state file, and written', () => {
    const tags = { team: 'a b=c', x_1: '', 'y.z-0': '9' }
    assert.deepEqual(tagsFromFlags(['team=a b=c', 'x_1=', 'y.z-0=9']), tags)
    assert.equal(formatTags(tags), 'team=a b=c,x_1=,y.z-0=9')
    assert.deepEqual(parseTags('team=a b=c,x_1=,y.z-0=9,none,=x,'), tags)
    assert.deepEqual(tagsFromFlags([`${'k'.repeat(63)}=${'v'.repeat(255)}`]), {
      ['k'.repeat(63)]: 'v'.repeat(255),
    })
    for (const flag of [
      'a',
      '=v',
      'a b=c',
      'a=x,y',
      'a=x\n',
      'a=\x7f',
      `${'k'.repeat(64)}=v`,
      `k=${'v'.repeat(256)}`,
    ]) {
      assert.throws(() => tagsFromFlags([flag]), { exitCode: 2, message: `'${flag}' is not a tag` })
      assert.deepEqual(parseTags(flag.split(',')[0] === 'a=x' ? 'a,b' : flag), {})
    }
  })

  it('select the agents that have all of them', () => {
    assert.deepEqual(
      [
        hasTags({ a: '1', b: '2' }, { a: '1' }),
        hasTags({ a: '1' }, { a: '1', b: '2' }),
        hasTags({ a: '1' }, { a: '2' }),
      ],
      [true, false, false],
    )
    assert.ok(hasTags({}, {}))
    const said = (tags: Record<string, string>) => describeTags(tags)
    assert.deepEqual(
      [said({}), said({ a: '1' }), said({ a: '1', b: '2' })],
      ['', ' with the tag a=1', ' with the tags a=1, b=2'],
    )
  })

  it('are one choice, names and all others; no two of them together', () => {
    const choice = { names: [], tags: {}, all: false }
    for (const one of [{ names: ['a'] }, { tags: { a: '1' } }, { all: true }])
      checkChoice({ ...choice, ...one })
    assert.throws(() => checkChoice(choice), { message: 'which agent?', exitCode: 2 })
    for (const two of [{ tags: { a: '1' } }, { all: true }]) {
      assert.throws(() => checkChoice({ ...choice, names: ['a'], ...two }), {
        exitCode: 2,
        fix: 'give one of them',
      })
    }
  })
})
