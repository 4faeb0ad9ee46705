import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { outcome, RUN_JS, TestHome, until } from '../support/agentvm.ts'

describe('a home that is not where it was', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const at = (path: string) => ({ env: { AGENTVM_HOME: path } })
  const other = (name: string) => join(home.path, '..', name)

  it('has its agents and their work where it is now, once it was moved', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--net',
      'none',
      '-m',
      'do it',
      '--',
      'sh',
      '-c',
      'echo mine >work.txt; echo said',
    )
    await home.ok('wait', 'a1')
    const moved = other('moved')
    renameSync(home.path, moved)
    try {
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await home.run(args, at(moved))
        assert.equal(code, 0, stderr)
        return stdout
      }
      assert.match(await run('logs', 'a1'), /said/)
      assert.equal(
        (JSON.parse(await run('info', 'a1', '--json')) as AgentRow).workspace,
        join(moved, 'workspaces', 'a1'),
      )
      await run('spawn', 'a1', '--net', 'none', '--', 'cat', 'work.txt')
      await run('wait', 'a1')
      assert.match(await run('logs', 'a1'), /mine/)
      await run('rename', 'a1', 'b1')
      await run('clean', '--force')
      await run('trash', 'restore', 'b1')
    } finally {
      renameSync(moved, home.path)
    }
    assert.equal(home.read('workspaces', 'b1', 'work.txt'), 'mine\n')
  })

  it('has the agents that run where it is now, and again once it was moved back', async () => {
    await home.ok('spawn', 'a1', '--', 'cat')
    await home.ok('spawn', 'a2', '--net', 'none', '--', 'sleep', '1000')
    const moved = other('moved')
    const run = async (path: string, ...args: string[]) => {
      const { code, stdout, stderr } = await home.run(args, at(path))
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
      return stdout
    }
    const rows = async (path: string) =>
      (JSON.parse(await run(path, 'list', '--json')) as AgentRow[]).map(({ name, status, pid }) => [
        name,
        status,
        pid,
      ])
    const before = await rows(home.path)
    renameSync(home.path, moved)
    try {
      assert.deepEqual(await rows(moved), before)
      const second = await home.run(['spawn', 'a1', '--', 'cat'], at(moved))
      assert.deepEqual([second.code, second.stdout], [1, ''])
      assert.match(second.stderr, /agent 'a1' is already running/)
      await run(moved, 'run', '--allow', 'example.com', '--', 'true')
      assert.equal(await run(moved, 'kill', 'a2'), 'a2: killed\n')
      assert.deepEqual(await rows(moved), [before[0], ['a2', 'dead', null]])
      assert.ok(!existsSync(home.path), 'something goes on in the old place')
    } finally {
      renameSync(moved, home.path)
    }
    assert.deepEqual(await rows(home.path), [before[0], ['a2', 'dead', null]])
    await home.ok('exec', 'a1', 'back')
    await until(async () => (await home.ok('logs', 'a1')).includes('back\nback'), 'the echo')
    assert.equal(await run(home.path, 'kill', 'a1'), 'a1: killed\n')
  })

  it('is the same one by a symlink', async () => {
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'sleep', '1000')
    symlinkSync(home.path, other('link'))
    const list = async (path: string) =>
      JSON.parse((await home.run(['list', '--json'], at(path))).stdout) as AgentRow[]
    assert.deepEqual(await list(other('link')), await list(home.path))
    assert.equal((await home.run(['kill', 'a1'], at(other('link')))).code, 0)
    assert.equal((await list(home.path))[0]?.end_reason, 'killed')
  })

  it('is named where a file stands in its place', async () => {
    writeFileSync(home.path, '')
    const { code, stderr } = await home.run(['spawn', 'a1', '--', 'true'])
    assert.equal(code, 1)
    assert.match(stderr, /^agentvm: \S*home\/state: a folder on the way to it is none\n {2}→ move away/)
  })
})

describe('an agent whose tmux server has died', () => {
  it('is lost, keeps its work and log, and can be started again', async () => {
    const home = new TestHome()
    try {
      await home.ok(
        'spawn',
        'a1',
        '--net',
        'none',
        '--',
        'sh',
        '-c',
        'echo mine >work.txt; echo said; exec sleep 1000',
      )
      await until(async () => /said/.test(await home.ok('logs', 'a1')), 'its output')
      await home.ok('tmux', 'a1', 'kill-server')
      await until(async () => (await home.json<AgentRow>('info', 'a1')).status === 'dead', 'its end')
      assert.match(await home.ok('logs', 'a1'), /said/)
      await home.ok('restart', 'a1')
      assert.equal((await home.json<AgentRow>('info', 'a1')).status, 'running')
      assert.equal(home.read('workspaces', 'a1', 'work.txt'), 'mine\n')
    } finally {
      await home.remove()
    }
  })
})

describe('bubblewrap that is gone', () => {
  const home = new TestHome()
  after(() => home.remove())
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
    .map((folder) => join(folder, 'bwrap'))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path))

  /** Runs a command where no bubblewrap can be executed. */
  function without(...args: string[]) {
    const hidden = [...new Set(places)].flatMap((path) => ['--bind', '/dev/null', path])
    const argv = ['--dev-bind', '/', '/', ...hidden, '--', process.execPath, RUN_JS, ...args]
    return outcome(spawn('bwrap', argv, { env: { ...process.env, AGENTVM_HOME: home.path } }))
  }

  it('lets nothing start, with a reason and what mends it, and nothing without a sandbox; what runs can be ended', async () => {
    await home.ok('spawn', 'a1', '--', 'sleep', '1000')
    await home.ok('spawn', 'down', '--', 'sleep', '1000')
    await home.ok('tmux', 'down', 'kill-server')
    await until(async () => (await home.ok('list', '-s', 'dead', '-q')).includes('down'), 'its end')
    for (const args of [
      ['spawn', 'new', '--', 'touch', 'ran'],
      ['run', '--', 'touch', 'ran'],
      ['restart', 'down'],
      ['restart', 'a1'],
      ['up'],
    ]) {
      const { code, stdout, stderr } = await without(...args)
      assert.deepEqual([code, stdout], [args[0] === 'run' ? 125 : 1, ''], args.join(' '))
      assert.match(stderr, /the sandbox bubblewrap doesn't work here: bubblewrap is not installed/)
      assert.match(stderr, /\n {2}→ sudo apt install bubblewrap/)
    }
    const rows = JSON.parse((await without('list', '--json')).stdout) as AgentRow[]
    assert.deepEqual(
      rows.map(({ name, status }) => [name, status]),
      [
        ['a1', 'running'],
        ['down', 'dead'],
      ],
    )
    const doctor = await without('doctor')
    assert.match(doctor.stdout, /^problem +sandbox bwrap +bubblewrap is not installed\n +→ \S.*bubblewrap$/m)
    assert.match(doctor.stdout, /^problem +sandbox +no sandbox works here: agents don't start$/m)
    assert.deepEqual(await without('kill', 'a1'), { code: 0, stdout: 'a1: killed\n', stderr: '' })
    assert.equal((await without('run', '--sandbox', 'none', '--', 'true')).code, 0)
  })
})

describe('agents that a newer agentvm has made', () => {
  const home = new TestHome()
  after(() => home.remove())
  const written = (from: string, to: string) => {
    for (const name of ['runs', 'dead']) {
      const file = home.file('state', `${name}.env`)
      writeFileSync(file, home.read('state', `${name}.env`).replace(from, to))
    }
  }

  it('are named with what to do, and neither touched nor lost by what others are ended and removed by', async () => {
    for (const name of ['runs', 'dead']) await home.ok('spawn', name, '--net', 'none', '--', 'cat')
    await home.ok('kill', 'dead')
    await home.ok('spawn', 'mine', '--net', 'none', '--', 'cat')
    const [now] = home.read('state', 'runs.env').match(/^AGENT_FORMAT='(?:\d+)'$/m) ?? []
    const newer = `AGENT_FORMAT='${Number(now?.match(/\d+/)) + 1}'`
    written(`${now}`, newer)
    const kept = () => ['runs', 'dead'].map((name) => home.read('state', `${name}.env`))
    const before = kept()
    const why = (name: string) =>
      new RegExp(`agent '${name}' was made by a newer agentvm.*[;\\s→]+agentvm upgrade`)
    const { stdout, stderr } = await home.run(['list', '--json'])
    assert.deepEqual(
      JSON.parse(stdout).map(({ name }: AgentRow) => name),
      ['mine'],
    )
    for (const [name, ...args] of [
      ['runs', 'kill', 'runs'],
      ['dead', 'restart', 'dead'],
      ['dead', 'clean', 'dead', '--force'],
    ] as const) {
      assert.match(stderr, why(name))
      const refused = await home.run(args)
      assert.deepEqual([refused.code, refused.stdout], [1, ''], args.join(' '))
      assert.match(refused.stderr, why(name))
    }
    assert.match(await home.ok('killall', '--force'), /^mine: killed$/m)
    const cleaned = await home.run(['clean', '--force'])
    assert.match(
      cleaned.stdout,
      /^mine: moved to [\s\S]*^dead: kept: .* newer agentvm[\s\S]*^runs: kept: .* newer/m,
    )
    assert.equal(cleaned.stderr, '')
    await home.ok('purge', '--force')
    assert.deepEqual(kept(), before)
    written(newer, `${now}`)
    assert.deepEqual(
      (await home.json<AgentRow[]>('list')).map(({ name, status }) => [name, status]),
      [
        ['dead', 'dead'],
        ['runs', 'running'],
      ],
    )
    await home.ok('restart', 'dead')
  })
})
