import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endMarker } from '../../src/agents/log/end-marker.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { Home } from '../../src/settings/home.ts'
import { bootId, ownIdentity, processStart } from '../../src/system/processes.ts'
import { until } from '../support/agentvm.ts'

const root = resolve(import.meta.dirname, '../..')
const node = [
  '--no-warnings',
  '-e',
  `import('@oclif/core').then((o) => o.execute({ dir: ${JSON.stringify(root)} }))`,
]

/** The CLI at work, and what it has printed. */
class Cli {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  readonly exit: Promise<number | null>

  constructor(home: string, args: string[]) {
    this.child = spawn(process.execPath, [...node, '--', 'agentvm', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: home, AGENTVM_HOME: home },
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.exit = once(this.child, 'close').then(([code]) => code as number | null)
  }

  async sees(expected: string): Promise<void> {
    await until(() => this.stdout === expected, 'what is expected').catch(() => {})
    assert.equal(this.stdout, expected, this.stderr)
  }
}

describe('agentvm logs', () => {
  let dir: string
  let home: Home
  let children: ChildProcess[]
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentvm-it-'))
    home = new Home({ AGENTVM_HOME: dir })
    children = []
  })
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })

  const logs = (...args: string[]) => {
    const cli = new Cli(dir, ['logs', ...args])
    children.push(cli.child)
    return cli
  }

  const agent = (name: string, log: string, changes: Partial<AgentRecord> = {}) => {
    const record: AgentRecord = {
      ...{ id: `id-${name}`, name, workspace: home.workspace(name), workspaceOwned: true, home: dir },
      ...{
        sandbox: 'none',
        profile: undefined,
        command: ['sh'],
        tags: {},
        createdAt: '2026-01-01T00:00:00Z',
      },
      asked: { envNames: [], readOnly: [], readWrite: [], unsafe: false, requireLimits: false },
      ...{ session: '', socket: '', logFile: home.logFile(name), promptFile: undefined, gitlawb: false },
      ...{ wishes: {}, hostExecuted: undefined, placeholders: [], cgroup: [] },
      ...{
        did: undefined,
        network: 'host' as const,
        allow: [],
        revoked: [],
        pid: 0,
        pidStart: '',
        bootId: bootId(),
      },
      ...{
        spawner: ownIdentity(),
        exitCode: 0,
        endedAt: '2026-01-01T00:00:01Z',
        endReason: 'exited' as const,
      },
      ...{ seeded: [], fromDir: undefined, fromGit: undefined, fromGitRef: undefined, extra: {}, ...changes },
    }
    new AgentStore(home).save(record)
    writeFileSync(record.logFile, log)
    return record
  }

  /** An agent whose launcher is a shell that holds the FIFO until its input ends. */
  const runningAgent = async (name: string, log: string) => {
    const runDir = home.runDir(`id-${name}`)
    mkdirSync(runDir, { recursive: true })
    const script = 'mkfifo "$1/alive" && exec 9<>"$1/alive" && echo up && read x'
    const launcher = spawn('/bin/sh', ['-c', script, 'sh', runDir], { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(launcher)
    await once(launcher.stdout, 'data')
    const pid = launcher.pid ?? 0
    const running = {
      pid,
      pidStart: processStart(pid) ?? '',
      exitCode: undefined,
      endedAt: undefined,
      endReason: undefined,
    }
    return { launcher, record: agent(name, log, running) }
  }

  it('prints the last lines without escape codes', async () => {
    agent('a', `\x1b[1mone\x1b[0m\r\ntwo\r\nthree\r\n${endMarker('x')}`)
    const cli = logs('a', '-n', '2')
    assert.equal(await cli.exit, 0, cli.stderr)
    assert.equal(cli.stdout, 'two\nthree\n')
    const raw = logs('a', '--raw')
    await raw.exit
    assert.equal(raw.stdout, '\x1b[1mone\x1b[0m\r\ntwo\r\nthree\r\n')
  })

  it('gives JSON', async () => {
    agent('a', 'one\r\n\r\ntwo')
    agent('b', '')
    const one = logs('a', '--json')
    await one.exit
    assert.deepEqual(JSON.parse(one.stdout), { name: 'a', lines: ['one', '', 'two'] })
    const two = logs('a', 'b', '--json', '-n', '1')
    await two.exit
    assert.deepEqual(JSON.parse(two.stdout), [
      { name: 'a', lines: ['two'] },
      { name: 'b', lines: [] },
    ])
  })

  it('suggests the nearest name for an unknown one', async () => {
    agent('worker-1', '')
    const cli = logs('worker-2')
    assert.equal(await cli.exit, 1)
    assert.match(cli.stderr, /no agent 'worker-2'\n.*did you mean 'worker-1'/)
  })

  it('refuses what is not there, as bad usage', async () => {
    agent('a', '')
    for (const args of [
      ['a', '--since', '1h'],
      ['a', '-f', '--json'],
      ['a', '-n', '-1'],
      [],
      ['a', '-f', '--screen'],
    ]) {
      assert.equal(await logs(...args).exit, 2, args.join(' '))
    }
  })

  it('follows until the agent ends', async () => {
    const { launcher, record } = await runningAgent('a', 'one\r\n')
    const cli = logs('a', '-f')
    await cli.sees('one\n')
    appendFileSync(record.logFile, 'two\r\n')
    await cli.sees('one\ntwo\n')
    appendFileSync(record.logFile, `three${endMarker('x')}`)
    launcher.stdin.end()
    assert.equal(await cli.exit, 0)
    assert.equal(cli.stdout, 'one\ntwo\nthree\n')
  })

  it('follows until the agent’s launcher is killed', async () => {
    const { launcher } = await runningAgent('a', 'one\r\nlast')
    const cli = logs('a', '--follow')
    await cli.sees('one\n')
    launcher.kill('SIGKILL')
    assert.equal(await cli.exit, 0)
    assert.equal(cli.stdout, 'one\nlast')
  })

  it('marks the whole lines of several agents and ends with the last of them', async () => {
    const a = await runningAgent('a', '')
    const b = await runningAgent('b-long', '')
    const cli = logs('a', 'b-long', '-f')
    appendFileSync(a.record.logFile, 'half ')
    await sleep(500)
    appendFileSync(b.record.logFile, 'from b\n')
    await cli.sees('b-long | from b\n')
    appendFileSync(a.record.logFile, 'and whole\n')
    a.launcher.stdin.end()
    await cli.sees('b-long | from b\na      | half and whole\n')
    appendFileSync(b.record.logFile, 'rest')
    b.launcher.stdin.end()
    assert.equal(await cli.exit, 0)
    assert.equal(cli.stdout, 'b-long | from b\na      | half and whole\nb-long | rest\n')
  })

  it('ends quietly with 130 on Ctrl-C', async () => {
    await runningAgent('a', 'one\n')
    const cli = logs('a', '-f')
    await cli.sees('one\n')
    cli.child.kill('SIGINT')
    assert.equal(await cli.exit, 130)
    assert.equal(cli.stderr, '')
  })

  it('ends quietly when nobody reads on', async () => {
    agent('a', 'some line of text\n'.repeat(300_000))
    const command = '"$@" | head -n 1'
    const piped = (...args: string[]) =>
      execFileSync(
        '/bin/sh',
        ['-c', command, 'sh', process.execPath, ...node, '--', 'agentvm', 'logs', ...args],
        {
          cwd: root,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { PATH: process.env.PATH, AGENTVM_HOME: dir, HOME: dir },
        },
      )
    assert.equal(piped('a', '-n', '300000'), 'some line of text\n')
    const { record } = await runningAgent('b', 'one\n')
    const writer = setInterval(() => appendFileSync(record.logFile, 'more\n'), 20)
    const cli = spawn(
      '/bin/sh',
      ['-c', command, 'sh', process.execPath, ...node, '--', 'agentvm', 'logs', 'b', '-f'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: process.env.PATH, AGENTVM_HOME: dir, HOME: dir },
      },
    )
    let stderr = ''
    cli.stderr.on('data', (text) => {
      stderr += text
    })
    await once(cli, 'close')
    clearInterval(writer)
    assert.equal(stderr, '')
  })

  it('shows the terminal as it is now, and says so where there is none', async () => {
    const socket = join(dir, 'tmux')
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' })
    tmux('new-session', '-d', '-s', 'agentvm-a', '-x', '40', '-y', '8', 'printf "one\\n\\033[31mtwo"; read x')
    try {
      await until(() => tmux('capture-pane', '-p').includes('two'), 'the screen')
      agent('a', '', { socket, session: 'agentvm-a' })
      const cli = logs('a', '--screen')
      assert.equal(await cli.exit, 0, cli.stderr)
      assert.equal(cli.stdout, 'one\ntwo\n')
    } finally {
      tmux('kill-server')
    }
    const ended = logs('a', '--screen')
    assert.equal(await ended.exit, 1)
    assert.match(ended.stderr, /'a' shows no screen/)
  })
})
