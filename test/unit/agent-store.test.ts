import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Context } from '../../src/agents/context.ts'
import { killLeftovers } from '../../src/agents/end/end-processes.ts'
import { isFromBashTool, isRunning, liveness } from '../../src/agents/state/liveness.ts'
import {
  forgetPrevious,
  hasPrevious,
  isPreviousKept,
  keepPrevious,
  putHomeAside,
  restorePrevious,
} from '../../src/agents/state/previous.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { readSecrets, saveSecrets } from '../../src/agents/state/secrets.ts'
import { AgentStore, lockOf } from '../../src/agents/state/store.ts'
import { findLitter, sweepHome } from '../../src/agents/state/sweep.ts'
import { refuseTaken } from '../../src/agents/state/taken.ts'
import type { UserError } from '../../src/errors.ts'
import { Home } from '../../src/settings/home.ts'
import { isLocked } from '../../src/system/lock.ts'
import { bootId, ownIdentity, processStart } from '../../src/system/processes.ts'

const DEAD = '99999999:1'

describe('the store of agents', () => {
  let home: Home
  let store: AgentStore
  beforeEach(() => {
    home = new Home({ AGENTVM_HOME: realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-store-'))) })
    store = new AgentStore(home)
  })
  afterEach(() => rmSync(home.root, { recursive: true, force: true }))

  const recordOf = (name: string, facts: Partial<AgentRecord> = {}): AgentRecord => ({
    ...decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: `${name}-id`, AGENT_BOOT_ID: 'b' }, name),
    ...{ workspace: home.workspace(name), home: home.agentHome(name), logFile: home.logFile(name), ...facts },
  })
  const write = (path: string, text = 'x') => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  it('makes, reads, replaces and forgets an agent', async () => {
    assert.deepEqual([store.names(), store.all(), store.read('a1')], [[], [], undefined])
    const record = recordOf('a1')
    assert.deepEqual([store.create(record), store.create({ ...record, sandbox: 'other' })], [true, false])
    assert.deepEqual(store.get('a1'), record)
    store.save({ ...record, sandbox: 'new' })
    assert.equal(store.get('a1').sandbox, 'new')
    await store.saveAlongside({ ...record, pid: 7 })
    assert.equal(store.byId('a1-id')?.pid, 7)
    assert.equal(store.byId('none'), undefined)
    store.remove('a1')
    store.remove('a1')
    assert.deepEqual(readdirSync(home.state), [])
  })

  it('finds agents in natural order, and nothing else in its folder', () => {
    for (const name of ['w-10', 'w-2', 'a']) store.save(recordOf(name))
    for (const name of ['.hidden.env', 'a.log', 'b.env.x', '.a.lock']) write(join(home.state, name))
    assert.deepEqual(store.names(), ['a', 'w-2', 'w-10'])
    assert.throws(() => store.get('w-1'), {
      message: "there is no agent 'w-1'",
      fix: /did you mean 'w-(2|10)'/,
    })
    for (const name of ['../state/a', 'a.b', ''])
      assert.throws(() => store.get(name), { message: /there is no agent/ })
  })

  it('reads each file again only when it has changed, and goes on past a damaged one', () => {
    for (const name of ['a', 'b', 'c']) store.save(recordOf(name))
    write(home.stateFile('b'), 'damaged')
    write(home.stateFile('c'), ' \n')
    const problems: UserError[] = []
    const [first, ...others] = store.all((problem) => problems.push(problem))
    assert.deepEqual([first?.name, others.length], ['a', 0])
    assert.match(
      problems.map(({ message }) => message).join('|'),
      /b\.env is damaged in line 1\|.*c\.env is empty$/,
    )
    assert.deepEqual(
      store.all().map((record) => record === first),
      [true],
    )
    store.save(recordOf('a', { sandbox: 'new' }))
    assert.equal(store.all()[0]?.sandbox, 'new')
    symlinkSync('gone', home.stateFile('gone'))
    assert.equal(store.all().length, 1, 'one that is gone by now is left out')
    rmSync(home.stateFile('a'))
    mkdirSync(home.stateFile('a'))
    assert.throws(() => store.all(), { code: 'EISDIR' })
  })

  it('has no agents where its folder isn’t there, and says so where that can’t be told', () => {
    const at = (path: string) => new AgentStore(new Home({ AGENTVM_HOME: path }))
    assert.deepEqual(at(write(join(home.root, 'file'))).names(), [])
    symlinkSync('loop', join(home.root, 'loop'))
    assert.throws(() => at(join(home.root, 'loop')).names(), { code: 'ELOOP' })
  })

  it('lets one command at a time change an agent, or two agents together', async () => {
    const order: string[] = []
    const at = (name: string) => isLocked(lockOf(home, name))
    await store.exclusively('a', () => assert.deepEqual([at('a'), at('b')], [true, false]))
    const both = (one: string, other: string) =>
      store.exclusivelyBoth(one, other, async () => {
        order.push(`${at('a')} ${at('b')}`)
        await new Promise((resolve) => setImmediate(resolve))
        return 'done'
      })
    assert.deepEqual(await Promise.all([both('a', 'b'), both('b', 'a')]), ['done', 'done'])
    assert.deepEqual([order, at('a'), at('b')], [['true true', 'true true'], false, false])
    write(lockOf(home, 'a'), ownIdentity())
    await assert.rejects(() => store.exclusively('a', () => {}, 0), {
      message: "another agentvm command is changing 'a' right now",
    })
    await assert.rejects(() => store.exclusivelyBoth('b', 'a', () => {}, 0), { message: /changing 'a'/ })
  })

  it('refuses a name that is taken, by an agent or by files of one', () => {
    const context = { home } as Context
    refuseTaken(context, 'a', undefined)
    assert.throws(() => refuseTaken(context, 'a', recordOf('a')), {
      message: "there is an agent 'a' already",
    })
    for (const path of [home.workspace('a'), home.logFile('a'), home.promptFile('a')]) {
      write(path)
      assert.throws(() => refuseTaken(context, 'a', undefined), { message: new RegExp(`^${path} is there`) })
      rmSync(path)
    }
  })

  it('keeps the values of an agent’s variables private, as long as there are any', () => {
    assert.deepEqual(readSecrets(home, 'x'), {})
    saveSecrets(home, 'x', {})
    saveSecrets(home, 'x', { A: 'b c', B: "it's\n" })
    assert.deepEqual(readSecrets(home, 'x'), { A: 'b c', B: "it's\n" })
    saveSecrets(home, 'x', { A: '1' })
    assert.deepEqual(readSecrets(home, 'x'), { A: '1' })
    saveSecrets(home, 'x', {})
    assert.equal(existsSync(home.secretsFile('x')), false)
  })

  it('brings back what an agent was before a start, or forgets it', () => {
    const record = recordOf('a')
    const [secrets, prompt, file] = [
      home.secretsFile(record.id),
      home.promptFile('a'),
      join(record.home, 'file'),
    ]
    store.save(record)
    write(secrets, 'old')
    write(file, 'old')
    assert.deepEqual([hasPrevious(home, 'a'), isPreviousKept(home, record)], [false, false])
    const prepare = () => {
      keepPrevious(home, record)
      assert.equal(putHomeAside(record), `${record.home}.previous`)
      write(file, 'new')
      write(secrets, 'new')
      write(prompt, 'new')
      store.save({ ...record, sandbox: 'new' })
      assert.deepEqual([hasPrevious(home, 'a'), isPreviousKept(home, record)], [true, true])
    }
    prepare()
    restorePrevious(home, record)
    assert.deepEqual(
      [secrets, file].map((path) => readFileSync(path, 'utf8')),
      ['old', 'old'],
    )
    assert.deepEqual([existsSync(prompt), store.get('a').sandbox], [false, record.sandbox])
    assert.deepEqual([hasPrevious(home, 'a'), isPreviousKept(home, record)], [false, false])
    prepare()
    forgetPrevious(home, record)
    assert.deepEqual(
      [secrets, file, prompt].map((path) => readFileSync(path, 'utf8')),
      ['new', 'new', 'new'],
    )
    assert.deepEqual([isPreviousKept(home, record), existsSync(`${record.home}.previous`)], [false, false])
  })

  it('tells by the processes what an agent is doing', () => {
    const [own, start, boot] = [ownIdentity(), processStart(process.pid) ?? '', bootId()]
    const live = { pid: process.pid, pidStart: start, bootId: boot, spawner: DEAD }
    const state = (facts: Partial<AgentRecord>) => liveness(recordOf('a', facts), home)
    assert.equal(state(live), 'running')
    assert.equal(state({ ...live, pidStart: '1' }), 'unrecorded')
    assert.equal(state({ ...live, bootId: 'another' }), 'unrecorded')
    assert.equal(state({ ...live, endedAt: 'x' }), 'ended')
    assert.equal(state({ bootId: boot, pid: 0, spawner: '' }), 'ended')
    assert.equal(state({ bootId: boot, pid: 0, spawner: own }), 'starting')
    assert.equal(state({ bootId: boot, pid: 0, spawner: DEAD }), 'unfinished')
    assert.equal(state({ bootId: 'another', pid: 0, spawner: own }), 'unfinished')
    const throwaway = { AGENT_THROWAWAY: 'true' }
    assert.equal(state({ ...live, extra: throwaway }), 'unfinished')
    assert.equal(state({ ...live, spawner: own, extra: throwaway }), 'running')
    assert.equal(state({ ...live, spawner: own, bootId: 'another', extra: throwaway }), 'unfinished')
    write(join(home.runDir('a-id'), 'go'))
    assert.deepEqual([state(live), state({ ...live, spawner: own })], ['unfinished', 'starting'])
    assert.deepEqual(
      [isFromBashTool(recordOf('a', { bootId: '' })), isFromBashTool(recordOf('a'))],
      [true, false],
    )
    assert.equal(state({ bootId: '', pid: 0 }), 'ended')
    assert.deepEqual((['starting', 'running', 'ended', 'unrecorded', 'unfinished'] as const).map(isRunning), [
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('takes no agent for dead by another boot id alone, and no other process for an agent of another boot', async () => {
    const started = (id: string) => {
      const env = { PATH: process.env.PATH, AGENTVM_LAUNCHER_ID: id }
      return spawn('sh', ['-c', 'echo up; read -r line; :'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    }
    const own = started('a-id')
    const foreign = started('b-id')
    try {
      for (const child of [own, foreign]) await once(child.stdout, 'data')
      const record = ({ pid = 0 }: { pid?: number | undefined }) =>
        recordOf('a', { pid, pidStart: processStart(pid) ?? '', bootId: 'another', spawner: DEAD })
      assert.equal(liveness(record(own), home), 'running')
      assert.equal(liveness(record(foreign), home), 'unrecorded')
      assert.deepEqual(await killLeftovers(record(foreign)), [])
      assert.equal(foreign.signalCode, null)
      assert.notEqual(processStart(foreign.pid ?? 0), undefined)
    } finally {
      own.kill('SIGKILL')
      foreign.kill('SIGKILL')
    }
  })

  it('sweeps what commands that have died left, in each folder where they write', () => {
    store.save(recordOf('a', { pid: 0, bootId: bootId(), endedAt: 'x' }))
    const folders = [
      home.root,
      home.state,
      home.trash,
      home.proxy,
      home.cache,
      join(home.root, 'secrets'),
      home.runDir('r'),
    ]
    const temporary = (pid: number) => `.x.${pid}.0123abcd`
    const dead = folders.map((folder) => write(join(folder, temporary(99_999_999))))
    dead.push(write(join(home.agentHome('h'), `..gitconfig.99999999.0123abcd`)))
    for (const name of ['.a.lock', 'b.lock', '.c.lock.break']) dead.push(write(join(home.state, name), DEAD))
    dead.push(write(`${home.stateFile('a')}.previous`), write(`${home.agentHome('a')}.previous/file`))
    for (const folder of [
      join(home.runs, 'check-99999999-abcdef'),
      join(home.root, '.self-test-99999999-abcdef'),
    ]) {
      mkdirSync(folder, { recursive: true })
      dead.push(folder)
    }
    const kept = folders.map((folder) => write(join(folder, temporary(process.pid))))
    kept.push(write(join(home.agentHome('h'), temporary(99_999_999)), 'the agent’s own'))
    kept.push(write(join(home.state, '.d.lock'), ownIdentity()), write(join(home.state, 'e.txt')))
    assert.equal(findLitter(home).length, folders.length + 4)
    sweepHome(home)
    assert.deepEqual(
      dead.filter((path) => existsSync(path)),
      [],
    )
    assert.deepEqual(
      kept.filter((path) => !existsSync(path)),
      [],
    )
  })
})
