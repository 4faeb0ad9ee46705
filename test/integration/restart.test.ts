import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { isExecuted, processesWith, TestHome, until } from '../support/agentvm.ts'

describe('agentvm restart', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const info = (name: string) => home.json<AgentInfo>('info', name)
  const ended = async (...args: string[]) => {
    await home.ok(...args)
    await home.ok('wait', 'a1')
  }

  it('starts the same command with the same tags, policy, identity and workspace again', async () => {
    const script = 'echo "$1" >>said; ls /opt/agentvm-ro 2>&1 | head -1 >>said'
    await ended(
      'spawn',
      'a1',
      '-t',
      'k=v',
      '--net',
      'none',
      '--ro',
      '/etc/hostname',
      '--',
      'sh',
      '-c',
      script,
      'sh',
      'a b',
    )
    const before = await info('a1')
    await ended('restart', 'a1')
    const after = await info('a1')
    for (const fact of ['id', 'tags', 'network', 'sandbox', 'workspace', 'home', 'extra_cmd'] as const)
      assert.deepEqual(after[fact], before[fact], fact)
    assert.deepEqual(
      (after.policy as { readOnly: unknown }).readOnly,
      (before.policy as { readOnly: unknown }).readOnly,
    )
    assert.equal(home.read('workspaces', 'a1', 'said').match(/^a b$/gm)?.length, 2)
    assert.match(home.read('history.log'), /\trestart\ta1\tcommand=sh sandbox=bwrap\n/)
  })

  it('ends a running agent first, and says so', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'echo up; exec sleep 3301')
    const before = await info('a1')
    assert.equal(await home.ok('restart', 'a1'), 'a1: ended and started again\n')
    assert.notEqual((await info('a1')).pid, before.pid)
    await until(() => isExecuted('sleep', '3301'), 'its program')
    assert.match(home.read('history.log'), /\tkill\ta1\t[^\n]*\n\S+\trestart\ta1\t/)
  })

  it('doesn’t end a running agent that it could not start again', async () => {
    await home.run(['spawn', 'a1', '-e', 'NEEDED', '--', 'cat'], { env: { NEEDED: 'x' } })
    const { code, stderr } = await home.run(['restart', 'a1'])
    assert.deepEqual([code, /-e NEEDED: neither the env file nor your shell/.test(stderr)], [2, true])
    assert.equal((await info('a1')).status, 'running')
  })

  it('keeps values of -e to itself, and reads those without a value again', async () => {
    const script = 'echo "$KEPT $READ" >>values'
    await home.run(['spawn', 'a1', '-e', 'KEPT=se cret1', '-e', 'READ', '--', 'sh', '-c', script], {
      env: { READ: 'one' },
    })
    await home.ok('wait', 'a1')
    const { id } = await info('a1')
    const secrets = home.file('secrets', id)
    assert.equal(statSync(secrets).mode & 0o777, 0o600)
    for (const file of [['state', 'a1.env'], ['history.log'], ['events.jsonl'], ['run', id, 'policy.json']])
      assert.ok(!home.read(...file).includes('se cret1'), file.join('/'))
    await home.run(['restart', 'a1'], { env: { READ: 'two' } })
    await home.ok('wait', 'a1')
    assert.equal(home.read('workspaces', 'a1', 'values'), 'se cret1 one\nse cret1 two\n')
    await home.ok('clean', '--force')
    assert.equal(existsSync(secrets), false)
  })

  it('gives the stored prompt again by its content, whatever became of its file', async () => {
    const file = home.file('..', 'task.md')
    writeFileSync(file, 'first words')
    await home.ok('spawn', 'a1', '--prompt', file, '--', 'sh', '-c', 'read -r line; echo "$line" >>got')
    await home.ok('wait', 'a1')
    writeFileSync(file, 'other words')
    await ended('restart', 'a1')
    assert.equal(home.read('workspaces', 'a1', 'got'), 'first words\nfirst words\n')
  })

  it('empties the home with --fresh but for the identity, and never the workspace', async () => {
    const script = 'ls -A ~ >>homes; echo x >~/.session; echo id >~/.gitconfig; echo >work'
    await ended('spawn', 'a1', '--', 'sh', '-c', script)
    await ended('restart', 'a1')
    await ended('restart', 'a1', '--fresh')
    const seen = home.read('workspaces', 'a1', 'homes').split('\n')
    assert.equal(seen.filter((name) => name === '.session').length, 1)
    // agentvm gives each agent one before its first start.
    assert.equal(seen.filter((name) => name === '.gitconfig').length, 3)
    assert.deepEqual(home.leftovers('homes').length, 1)
    assert.ok(existsSync(home.file('workspaces', 'a1', 'work')))
  })

  it('leaves an agent that can’t be started as it was, home, prompt and values included', async () => {
    await ended('spawn', 'a1', '-m', 'hello', '-e', 'V=1', '--', 'sh', '-c', 'echo x >~/.session; exit 3')
    const before = await info('a1')
    const held = () => [home.read('state', 'a1.prompt'), home.read('secrets', before.id)]
    const was = held()
    // Everything that planning needs, and not what starting needs.
    const programs = home.file('..', 'programs')
    mkdirSync(programs)
    for (const name of ['bwrap', 'sh', 'cat']) {
      symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(programs, name))
    }
    for (const args of [
      ['restart', 'a1', '--fresh'],
      ['spawn', 'a1', '-m', 'new', '-e', 'V=2', '--', 'cat'],
    ]) {
      const { code, stderr } = await home.run(args, { env: { PATH: programs } })
      assert.notEqual(code, 0)
      assert.match(stderr, /mkfifo|tmux/)
      const after = await info('a1')
      assert.deepEqual([after.exit_code, after.end_reason, after.extra_cmd], [3, 'exited', before.extra_cmd])
      assert.deepEqual(held(), was)
      assert.ok(existsSync(home.file('homes', before.id, '.session')))
      assert.deepEqual(
        home.leftovers('state', 'homes', 'secrets').filter((path) => path.endsWith('.previous')),
        [],
      )
    }
  })

  describe('of a profile that can resume its conversation', () => {
    const bin = () => home.file('..', 'bin')
    const calls = () => home.read('workspaces', 'a1', 'calls').trim().split('\n')
    const cli = (args: string[]) =>
      home.run(args, { env: { PATH: `${bin()}:${process.env.PATH}`, ANTHROPIC_API_KEY: 'k' } })
    const start = async (script: string, ...args: string[]) => {
      mkdirSync(bin(), { recursive: true })
      writeFileSync(join(bin(), 'claude'), `#!/bin/sh\necho "$*" >>/workspace/calls\n${script}\n`, {
        mode: 0o755,
      })
      assert.equal((await cli(['spawn', 'a1', '-p', 'claude-code', '-m', 'the task', ...args])).code, 0)
      await home.written('workspaces', 'a1', 'calls')
    }
    const again = async (count: number, ...args: string[]) => {
      const { code, stderr } = await cli(['restart', 'a1', ...args])
      assert.equal(code, 0, stderr)
      await until(() => calls().length === count, `call number ${count}`)
      return calls().slice(-1)[0]
    }
    const CONTINUE = '--dangerously-skip-permissions --continue'
    const ANEW = '--dangerously-skip-permissions -- the task'

    it('resumes it, and gives the prompt with --replay or --fresh', async () => {
      await start('exec cat')
      assert.equal(await again(2), CONTINUE)
      assert.equal(await again(3, '--replay'), ANEW)
      assert.equal(await again(4, '--fresh'), ANEW)
      assert.equal(await again(5), CONTINUE)
      assert.equal(home.read('state', 'a1.prompt'), 'the task')
    })

    it('starts anew where there is no conversation yet', async () => {
      await start('case "$*" in *--continue*) echo none; exit 1;; esac; exec cat')
      assert.equal(await again(3), ANEW)
      assert.equal(calls()[1], CONTINUE)
      assert.match(await home.ok('logs', 'a1'), /no conversation to resume: starting anew/)
    })

    it('does not start anew when the resumed one is killed, and lets it end in its own time', async () => {
      await start(
        'case "$*" in *--continue*) trap "sleep 0.5; echo bye; exit 1" TERM; echo up; while :; do sleep 0.05; done;; esac; exec cat',
      )
      await again(2)
      await until(async () => (await home.ok('logs', 'a1')).includes('up'), 'its trap')
      await home.ok('kill', 'a1', '--grace', '60')
      assert.equal(calls().length, 2)
      const { exit_code, end_reason } = await info('a1')
      assert.deepEqual([exit_code, end_reason], [1, 'killed'])
      assert.match(await home.ok('logs', 'a1'), /bye\n$/)
    })
  })

  it('takes several names, tags and --all; one failure doesn’t stop the others', async () => {
    await home.ok('spawn', 'a1', '-t', 'g=1', '--', 'true')
    await home.ok('spawn', 'a2', '-t', 'g=1', '--', 'cat')
    await home.run(['spawn', 'b1', '-e', 'NEEDED', '--', 'true'], { env: { NEEDED: 'x' } })
    await home.ok('wait', 'a1', 'b1')
    const tagged = (await home.ok('restart', '--tag', 'g=1')).split('\n').sort()
    assert.deepEqual(tagged, ['', 'a1: started again', 'a2: ended and started again'])
    const all = await home.run(['restart', '--all'])
    assert.equal(all.code, 1)
    assert.match(all.stderr, /^agentvm: b1: -e NEEDED/)
    assert.match(all.stdout, /^a1: /m)
    const unknown = await home.run(['restart', 'a3'])
    assert.deepEqual([unknown.code, /did you mean 'a/.test(unknown.stderr)], [1, true])
    assert.equal((await home.run(['restart'])).code, 2)
    assert.equal((await home.run(['restart', 'a1', '--tag', 'g=1'])).code, 2)
  })
})

describe('agentvm up', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const rowOf = (name: string) =>
    JSON.parse(readFileSync(home.file('state', `.${name}.row`), 'utf8')) as AgentRow
  const over = (name: string) =>
    until(() => processesWith(rowOf(name).id).length === 0, `the end of all processes of ${name}`)
  /** What a reboot leaves: no process, another boot. */
  const reboot = async (...names: string[]) => {
    for (const name of names) {
      const { id, pid } = rowOf(name)
      if (processesWith(id).length > 0) process.kill(pid ?? 0, 'SIGKILL')
      await over(name)
      const state = home.read('state', `${name}.env`)
      writeFileSync(
        home.file('state', `${name}.env`),
        state.replace(/^AGENT_BOOT_ID='.*'$/m, "AGENT_BOOT_ID='before'"),
      )
    }
  }
  const spawn = async (name: string, ...rest: string[]) => {
    const row = await home.json<AgentRow>('spawn', name, ...rest)
    writeFileSync(home.file('state', `.${name}.row`), JSON.stringify(row))
  }
  const running = async () =>
    (await home.json<AgentRow[]>('list', '--status', 'running')).map(({ name }) => name)

  it('starts those again that ran when the machine went down, and no others', async () => {
    await spawn('ran-1', '-t', 'k=v', '--', 'cat')
    await spawn('ran-2', '--', 'cat')
    await spawn('shut-down', '--', 'sh', '-c', 'exit 143')
    await spawn('done', '--', 'true')
    await spawn('killed', '--', 'cat')
    await home.ok('kill', 'killed')
    for (const name of ['shut-down', 'done', 'killed']) await over(name)
    await reboot('ran-1', 'ran-2', 'shut-down', 'done', 'killed')
    const names = ['ran-1', 'ran-2', 'shut-down']
    assert.deepEqual(
      (await home.json<AgentRow[]>('up', '--dry-run')).map(({ name }) => name),
      names,
    )
    assert.deepEqual(await running(), [])
    assert.deepEqual(
      (await home.ok('up')).trim().split('\n').sort(),
      names.map((name) => `${name}: started again`),
    )
    await until(async () => (await running()).join() === 'ran-1,ran-2', 'the end of the third')
    assert.deepEqual((await home.json<AgentRow>('info', 'ran-1')).tags, { k: 'v' })
    assert.equal(await home.ok('up'), '')
  })

  it('reports one that can’t be started, starts the others, and exits with 1', async () => {
    await home.run(['spawn', 'a1', '-e', 'GONE', '--', 'cat'], { env: { GONE: 'x' } })
    writeFileSync(home.file('state', '.a1.row'), JSON.stringify(await home.json<AgentRow>('info', 'a1')))
    await spawn('a2', '--', 'cat')
    await reboot('a1', 'a2')
    const { code, stdout, stderr } = await home.run(['up'])
    assert.equal(code, 1)
    assert.equal(stdout, 'a2: started again\n')
    assert.match(stderr, /^agentvm: a1: -e GONE/)
    const again = await home.run(['up'], { env: { GONE: 'back' } })
    assert.deepEqual([again.code, again.stdout], [0, 'a1: started again\n'])
  })

  it('brings back an agent whose tmux server was ended, but none that was killed', async () => {
    await spawn('a1', '--', 'cat')
    await spawn('a2', '--', 'cat')
    await home.ok('kill', 'a2')
    await home.run(['tmux', 'a1', 'kill-server'])
    await until(async () => (await running()).length === 0, 'the loss')
    assert.equal(await home.ok('up'), 'a1: started again\n')
  })
})
