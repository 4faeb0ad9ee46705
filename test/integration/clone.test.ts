import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { outcome, TestHome, until } from '../support/agentvm.ts'
import { git } from '../support/git.ts'

describe('agentvm clone', function () {
  this.timeout(480_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const rows = () => home.json<AgentRow[]>('list')
  const copy = (...path: string[]) => home.file('workspaces', 'copy', ...path)

  it('copies workspace, home, prompt and all that a restart repeats, with an id and a git identity of its own', async () => {
    const script = 'echo work >work; mkdir d; ln -s /etc/passwd d/out; chmod 500 d; echo up; exec cat >~/said'
    await home.ok('spawn', 'one', '-t', 'a=b', '-e', 'KEY=value', '-m', 'go on', '--', 'sh', '-c', script)
    await until(async () => /up/.test(await home.ok('logs', 'one')), 'its output')
    await home.ok('kill', 'one')
    const clone = await home.json<AgentRow>('clone', 'one', 'copy')
    const one = await home.json<AgentInfo>('info', 'one')
    const info = await home.json<AgentInfo>('info', 'copy')
    assert.notEqual(info.id, one.id)
    assert.deepEqual(
      [clone.status, info.status, info.pid, info.end_reason, info.exit_code, info.ended_at],
      ['dead', 'dead', null, null, null, null],
    )
    assert.deepEqual([info.tags, info.extra_cmd, info.sandbox], [one.tags, one.extra_cmd, one.sandbox])
    assert.match(home.read('state', 'copy.env'), /^AGENT_PID='0'$/m)
    assert.equal(home.read('state', 'copy.prompt'), 'go on')
    assert.equal(readFileSync(copy('work'), 'utf8'), 'work\n')
    assert.equal(lstatSync(copy('d')).mode & 0o777, 0o500)
    assert.equal(readlinkSync(copy('d', 'out')), '/etc/passwd')
    assert.match(home.read('homes', info.id, '.gitconfig'), /name = copy\n\temail = copy@agentvm\.local/)
    assert.match(home.read('homes', one.id, '.gitconfig'), /name = one\n/)
    assert.match(home.read('history.log'), /\tclone\tcopy\t.*from=one/)
  })

  it('starts the copy as the original was started, at once or by a restart', async () => {
    await home.ok(
      'spawn',
      'one',
      '-e',
      'KEY=value',
      '--',
      'sh',
      '-c',
      'echo "$KEY in $AGENTVM_AGENT"; exec cat',
    )
    await home.ok('clone', 'one', 'copy')
    await home.ok('restart', 'copy')
    await until(async () => /value in copy/.test(await home.ok('logs', 'copy')), 'its output')
    const second = await home.json<AgentRow>('cp', 'copy', 'second', '--start')
    assert.equal(second.status, 'running')
    await until(async () => /value in second/.test(await home.ok('logs', 'second')), 'its output')
    assert.deepEqual(
      (await rows()).map(({ name, status }) => [name, status]),
      [
        ['copy', 'running'],
        ['one', 'running'],
        ['second', 'running'],
      ],
    )
  })

  it('leaves the copy of a running agent dead, in every look at it, also after a reboot', async () => {
    await home.ok('spawn', 'one', '--', 'cat')
    await home.ok('clone', 'one', 'copy')
    const state = home.read('state', 'copy.env').replace(/^AGENT_BOOT_ID='.*'$/m, "AGENT_BOOT_ID='another'")
    writeFileSync(home.file('state', 'copy.env'), state)
    assert.equal((await rows()).find(({ name }) => name === 'copy')?.status, 'dead')
    assert.equal((await home.json<AgentInfo>('info', 'copy')).end_reason, null)
    assert.doesNotMatch(home.read('history.log'), /\tlost\t/)
  })

  it('follows no link that the agent put in the place of its workspace or home, or within', async () => {
    await home.ok(
      'spawn',
      'one',
      '--',
      'sh',
      '-c',
      'ln -s /etc etc; rm -f ~/.gitconfig; ln -s /etc/passwd ~/.gitconfig',
    )
    await home.ok('wait', 'one')
    const { id } = await home.json<AgentRow>('clone', 'one', 'copy')
    assert.equal(readlinkSync(copy('etc')), '/etc')
    assert.equal(readlinkSync(home.file('homes', id, '.gitconfig')), '/etc/passwd')
    assert.match(readFileSync('/etc/passwd', 'utf8'), /^root:/)
    const workspace = home.file('workspaces', 'one')
    const { renameSync } = await import('node:fs')
    renameSync(workspace, `${workspace}.away`)
    symlinkSync('/etc', workspace)
    const { code, stderr } = await home.run(['clone', 'one', 'other'])
    assert.equal(code, 1)
    assert.match(stderr, /is not a folder/)
    assert.equal(existsSync(home.file('workspaces', 'other')), false)
  })

  it('refuses a name that is taken, bad or missing', async () => {
    await home.ok('spawn', 'one', '--', 'true')
    await home.ok('spawn', 'two', '--', 'true')
    mkdirSync(home.file('workspaces', 'rest'))
    for (const [from, to, message] of [
      ['one', 'two', /there is an agent 'two' already/],
      ['one', 'rest', /is there, though no agent/],
      ['one', 'no/name', /can't be the name/],
      ['on', 'new', /did you mean 'one'/],
    ] as const) {
      const { code, stderr } = await home.run(['clone', from, to])
      assert.notEqual(code, 0)
      assert.match(stderr, message)
    }
  })

  it('makes one whole clone of many that race for its name', async () => {
    await home.ok('spawn', 'one', '--', 'sh', '-c', 'echo x >work')
    await home.ok('wait', 'one')
    const racing = await Promise.all(Array.from({ length: 5 }, () => home.run(['clone', 'one', 'copy'])))
    assert.equal(racing.filter(({ code }) => code === 0).length, 1)
    assert.equal(readFileSync(copy('work'), 'utf8'), 'x\n')
    assert.equal(home.leftovers('homes').length, 2)
  })

  it('leaves a whole clone or nothing when it is killed or interrupted on its way', async () => {
    const many = 'for d in 1 2 3 4 5 6 7 8 9; do mkdir $d; for f in $(seq 400); do echo $f >$d/$f; done; done'
    await home.ok('spawn', 'one', '--', 'sh', '-c', many)
    await home.ok('wait', 'one')
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const child = home.start(['clone', 'one', 'copy'], { env: { NODE_V8_COVERAGE: '' } })
      await until(() => existsSync(copy('1')) || child.exitCode !== null, 'the copy')
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const names = (await rows()).map(({ name }) => name)
      if (names.includes('copy')) {
        assert.ok(existsSync(copy('9', '400')))
        await home.ok('clean', '--force', 'copy')
      } else {
        assert.deepEqual(home.leftovers('workspaces'), ['workspaces/one'], signal)
        assert.equal(home.leftovers('homes').length, 1)
      }
    }
  })

  it('says that the copy is there, and how to start it, when it is interrupted before it has started it', async () => {
    await home.ok('spawn', 'one', '--net', 'none', '--', 'true')
    await home.ok('wait', 'one')
    const begun = home.file('begun')
    mkdirSync(home.file('hooks'), { mode: 0o700 })
    writeFileSync(home.file('hooks/pre-spawn'), `#!/bin/sh\necho >${begun}\nsleep 30\n`, { mode: 0o700 })
    const child = home.start(['clone', 'one', 'copy', '--start'], { env: { NODE_V8_COVERAGE: '' } })
    const ended = outcome(child)
    await until(() => existsSync(begun), 'the hook')
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    assert.equal(code, 143)
    assert.match(stderr, /'copy' was started.*\n {2}→ agentvm restart copy\n$/)
    assert.doesNotMatch(stderr, /taken back/)
    assert.deepEqual(
      (await rows()).map(({ name, status }) => [name, status]),
      [
        ['copy', 'dead'],
        ['one', 'dead'],
      ],
    )
  })

  it('makes a repository of its own of a workspace that agentvm did not make', async () => {
    const own = home.file('project')
    mkdirSync(own, { recursive: true })
    git(own, 'init', '-q')
    git(own, 'commit', '-q', '--allow-empty', '-m', 'first')
    git(own, 'worktree', 'add', '-q', home.file('tree'))
    await home.ok('spawn', 'one', '--', 'true')
    await home.ok('wait', 'one')
    const state = home
      .read('state', 'one.env')
      .replace(/^AGENT_WORKSPACE='.*'$/m, `AGENT_WORKSPACE='${home.file('tree')}'`)
      .replace("AGENT_WORKSPACE_OWNED='true'", "AGENT_WORKSPACE_OWNED='false'")
    writeFileSync(home.file('state', 'one.env'), state)
    await home.ok('clone', 'one', 'copy')
    git(copy(), 'commit', '-q', '--allow-empty', '-m', 'second')
    assert.equal(git(own, 'log', '--all', '--format=%s'), 'first')
  })
})
