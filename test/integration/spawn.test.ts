import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { TestHome, until } from '../support/agentvm.ts'

describe('agentvm spawn', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('runs a command in a sandbox, logs it, and records its exit code', async () => {
    const row = await home.json<AgentRow>('spawn', 'a1', '--', 'sh', '-c', 'echo hello; exit 7')
    assert.equal(row.status, 'running')
    assert.equal(row.sandbox, 'bwrap')
    const waited = await home.run(['wait', 'a1', '--exit-code'])
    assert.equal(waited.code, 7)
    assert.equal(await home.ok('logs', 'a1'), 'hello\n')
    const info = await home.json<AgentInfo>('info', 'a1')
    assert.deepEqual(
      [info.status, info.exit_code, info.end_reason, info.pid, info.network],
      ['dead', 7, 'exited', null, 'allowlist'],
    )
    assert.match(info.ended_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const events = home
      .read('events.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      events.map(({ event, name, id }) => [event, name, id]),
      [
        ['spawn', 'a1', info.id],
        ['exit', 'a1', info.id],
      ],
    )
    assert.match(home.read('history.log'), /^\S+\tspawn\ta1\tcommand=sh sandbox=bwrap\n/)
  })

  it('leaves nothing by which its agent could be taken for one that hasn’t started', async () => {
    const { id } = await home.json<AgentRow>('spawn', 'a1', '--', 'cat')
    assert.equal(existsSync(home.file('run', id, 'go')), false)
  })

  it('says in info, in words, that the network is the host’s', async () => {
    await home.ok('spawn', 'a1', '--net', 'host', '--', 'true')
    assert.match(await home.ok('info', 'a1'), /^network\s+host: the machine's own network, unfiltered$/m)
  })

  it('writes state that the bash tool’s readers understand, private to the user', async () => {
    await home.ok('spawn', 'a1', '-t', 'env=x', '-t', 'b=it', '--', 'echo', "it's", 'a b')
    const state = home.read('state', 'a1.env')
    assert.match(state, /^AGENT_NAME='a1'$/m)
    assert.match(state, /^AGENT_TAGS='env=x,b=it'$/m)
    assert.match(state, /^AGENT_FORMAT='1'$/m)
    assert.match(state, /^AGENT_WORKSPACE_OWNED='true'$/m)
    assert.match(state, /^AGENT_BOOT_ID='[0-9a-f-]{36}'$/m)
  })

  it('passes arguments byte for byte', async () => {
    const argv = [
      'a b',
      '$(x)',
      '',
      'two\nlines',
      'git',
      'commit',
      '-m',
      'x',
      'git',
      '--',
      '--json',
      "'",
      '"',
      'ü😀',
      '\\',
    ]
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'printf "%s\\0" "$@" >argv', 'sh', ...argv)
    await home.ok('wait', 'a1')
    assert.deepEqual(home.read('workspaces', 'a1', 'argv').split('\0').slice(0, -1), argv)
  })

  it('refuses a running name, and starts a dead one again over its workspace', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'echo one >kept; exec cat')
    await home.written('workspaces', 'a1', 'kept')
    const again = await home.run(['spawn', 'a1', '--', 'true'])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /agent 'a1' is already running/)
    const before = await home.json<AgentInfo>('info', 'a1')
    await home.ok('kill', 'a1')
    await home.ok('spawn', 'a1', '--', 'cat', 'kept')
    await home.ok('wait', 'a1')
    assert.match(await home.ok('logs', 'a1'), /one\n$/)
    const after = await home.json<AgentInfo>('info', 'a1')
    assert.equal(after.id, before.id)
    assert.equal(after.home, before.home)
  })

  it('lets one of many racing spawns win', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, () =>
        home.run(['spawn', 'one', '--', 'sleep', '100'], { env: { NODE_V8_COVERAGE: '' } }),
      ),
    )
    assert.equal(results.filter(({ code }) => code === 0).length, 1)
    assert.equal((await home.json<AgentRow[]>('list')).length, 1)
    for (const { code, stderr } of results.filter((result) => result.code !== 0)) {
      assert.equal(code, 1)
      assert.match(stderr, /is changing 'one' right now|already running/)
    }
  })

  for (const name of [
    'under /tmp',
    "it's",
    'q"uote',
    '$x `y`',
    '#{pane_id} %H #(id)',
    'semi;colon;',
    'back\\slash',
    'ü😀',
  ]) {
    it(`works in a home whose path has ${JSON.stringify(name)}`, async () => {
      const odd = new TestHome(name)
      try {
        await odd.ok('spawn', 'a1', '--', 'sh', '-c', 'echo hi; echo x >out')
        await odd.ok('wait', 'a1')
        assert.equal(await odd.ok('logs', 'a1'), 'hi\n')
        assert.equal(odd.read('workspaces', 'a1', 'out'), 'x\n')
      } finally {
        await odd.remove()
      }
    })
  }

  it('works in a home whose path is too long for a socket', async () => {
    const long = new TestHome('x'.repeat(120))
    try {
      await long.ok('spawn', 'a1', '--', 'cat')
      await long.ok('exec', 'a1', 'hello')
      await until(async () => (await long.ok('logs', 'a1')).includes('hello\nhello'), 'the echo')
      await long.ok('kill', 'a1')
    } finally {
      await long.remove()
    }
  })

  it('keeps two homes apart', async () => {
    const other = new TestHome()
    try {
      await Promise.all([home.ok('spawn', 'same', '--', 'cat'), other.ok('spawn', 'same', '--', 'cat')])
      await home.ok('kill', 'same')
      const rows = await other.json<AgentRow[]>('list')
      assert.deepEqual(
        rows.map(({ name, status }) => [name, status]),
        [['same', 'running']],
      )
    } finally {
      await other.remove()
    }
  })

  it('leaves nothing behind when it fails', async () => {
    mkdirSync(home.file('workspaces'), { recursive: true })
    writeFileSync(home.file('workspaces', 'a1'), 'in the way')
    const result = await home.run(['spawn', 'a1', '--', 'true'])
    assert.equal(result.code, 1)
    assert.match(result.stderr, /is not a folder/)
    assert.deepEqual(home.leftovers('state', 'run', 'homes'), [])
    assert.equal(home.read('workspaces', 'a1'), 'in the way')
  })

  it('does not follow a link that stands where the workspace should', async () => {
    mkdirSync(home.file('workspaces'), { recursive: true })
    mkdirSync(home.file('elsewhere'))
    symlinkSync(home.file('elsewhere'), home.file('workspaces', 'a1'))
    const result = await home.run(['spawn', 'a1', '--', 'true'])
    assert.equal(result.code, 1)
    assert.match(result.stderr, /is not a folder/)
  })

  it('plans without doing anything, and shows no secret', async () => {
    const plan = await home.json<{ command: string[]; env: string[] }>(
      ...['spawn', 'a1', '--dry-run', '-e', 'TOKEN=s3cret', '--', 'echo', 'x'],
    )
    assert.deepEqual(plan.command, ['echo', 'x'])
    assert.ok(plan.env.includes('TOKEN'))
    assert.doesNotMatch(JSON.stringify(plan), /s3cret/)
    assert.deepEqual(home.leftovers('state', 'run', 'homes', 'workspaces'), [])
  })

  it('keeps values of the environment out of every file and command line', async () => {
    await home.ok(
      'spawn',
      'a1',
      '-e',
      'TOKEN=s3cr3t-value',
      '--',
      'sh',
      '-c',
      'echo $TOKEN | wc -c; exec sleep 100',
    )
    await until(async () => (await home.ok('logs', 'a1')).includes('13'), 'the agent’s view of the value')
    const info = await home.json<AgentInfo>('info', 'a1')
    for (const file of [
      'state/a1.env',
      'events.jsonl',
      'history.log',
      `run/${info.id}/launch`,
      `run/${info.id}/policy.json`,
    ]) {
      assert.doesNotMatch(readFileSync(home.file(file), 'latin1'), /s3cr3t/, file)
    }
    assert.deepEqual(
      home.leftovers(`run/${info.id}`).filter((name) => /args|start/.test(name)),
      [],
    )
  })
})
