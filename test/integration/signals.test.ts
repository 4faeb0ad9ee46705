import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { outcome, processesWith, RUN_JS, readProc, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof SIGNALS)[number]
const codeOf = (signal: Signal) => 128 + constants.signals[signal]
/** Without coverage: its hooks in the child take the signals. */
const env = { NODE_V8_COVERAGE: '' }
/** An agent that is never idle. */
const BUSY = {
  command: ['sh', '-c', 'while :; do echo busy; sleep 1; done'],
  prompt: { via: 'typed' },
  activity: { rules: [{ id: 'busy', state: 'working', in: 'bottom', lines: 1, match: '^busy' }] },
}

describe('a signal', function () {
  this.timeout(240_000)
  let home: TestHome
  before(async () => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    writeFileSync(home.file('profiles/busy.json'), JSON.stringify(BUSY))
    await home.ok('spawn', 'a1', '-p', 'busy', '-t', 'x=y', '--net', 'none')
  })
  after(() => home.remove())

  /** Processes with that word that came from this home: other tests run at the same time. */
  const ofThisHome = (word: string) =>
    processesWith(word).filter((pid) =>
      ['environ', 'cmdline'].some((file) => readProc(`${pid}`, file).includes(home.path)),
    )

  /** Sends a signal to a command after some milliseconds, whatever it does then, and returns what it came to. */
  const signalled = async (ms: number, child: ChildProcess, signal: Signal) => {
    // Listened to from the start: it may be through before the signal comes.
    const ended = outcome(child)
    await sleep(ms)
    child.kill(signal)
    return ended
  }

  it('ends a command that waits, whenever it comes, with 128 and its number', async () => {
    const commands = [
      ...[
        ['logs', '-f', 'a1'],
        ['wait', 'a1'],
        ['exec', 'a1', '--wait', 'hello'],
      ],
      ...[['broadcast', '--wait', 'hello'], ['watch'], ['watch', '--json'], ['net', 'a1', '-f']],
    ]
    for (const [index, signal] of SIGNALS.entries()) {
      const ended = await Promise.all(
        commands.map((args, at) => signalled(index * 400 + at * 30, home.start(args, { env }), signal)),
      )
      for (const [at, { code, stderr }] of ended.entries()) {
        assert.equal(code, codeOf(signal), `${signal} to ${commands[at]}: ${stderr}`)
      }
    }
    assert.equal((await home.json<AgentRow>('info', 'a1')).status, 'running')
    await until(() => ofThisHome(RUN_JS).length === 0, 'the end of all commands')
  })

  it('lets a swarm come whole or not at all, agent by agent', async () => {
    for (const [index, signal] of SIGNALS.entries()) {
      const base = `s${index}`
      const child = home.start(['swarm', base, '3', '--net', 'none', '--', 'sleep', '1000'], { env })
      const { code } = await signalled(300 + index * 250, child, signal)
      assert.ok(code === 0 || code === codeOf(signal), `${signal}: ${code}`)
    }
    const rows = await home.json<AgentRow[]>('list')
    assert.deepEqual(
      rows.filter(({ status }) => status !== 'running'),
      [],
    )
    assert.deepEqual(
      readdirSync(home.file('run'))
        .filter((entry) => /^[a-z0-9]{8}$/.test(entry))
        .sort(),
      rows.map(({ id }) => id).sort(),
    )
  })

  it('during a restart leaves an agent that runs, or says that it does not, and how to start it', async () => {
    await home.ok('spawn', 'r1', '--net', 'none', '--', 'sleep', '1000')
    for (const [index, signal] of SIGNALS.entries()) {
      const child = home.start(['restart', 'r1'], { env })
      const { code, stderr } = await signalled(300 + index * 200, child, signal)
      assert.ok(code === 0 || code === codeOf(signal), `${signal}: ${code} ${stderr}`)
      const { status } = await home.json<AgentRow>('info', 'r1')
      if (status !== 'running')
        assert.match(stderr, /'r1' had been ended: it does not run now\n {2}→ agentvm restart r1/)
      if (status !== 'running') await home.ok('restart', 'r1')
    }
  })

  it('ends a run and what it runs, also where nobody reads its output any more', async () => {
    const run = (...command: string[]) => home.start(['run', '--net', 'none', '--', ...command], { env })
    const hung = run('sleep', '3141')
    await until(() => processesWith('sleep\x003141').length > 0, 'the run')
    hung.kill('SIGHUP')
    assert.equal((await outcome(hung)).code, 129)
    const unread = run('yes')
    unread.stdout?.destroy()
    const [code] = await once(unread, 'exit')
    assert.equal(code, 141)
    assert.deepEqual(processesWith('sleep\x003141'), [])
    assert.equal(
      (await home.json<AgentRow[]>('list')).filter(({ name }) => name.startsWith('run-')).length,
      0,
    )
  })

  it('gives the terminal back as it was, and ends the program that had it', async () => {
    const editor = home.file('editor')
    writeFileSync(editor, '#!/bin/sh\nstty raw; echo "$1"; sleep 1618\n', { mode: 0o700 })
    const commands: [command: string, isUp: RegExp, signals: readonly Signal[]][] = [
      ['attach a1', /busy/, SIGNALS],
      ['run --tty --net none -- sh -c "echo up; exec sleep 2718"', /up/, SIGNALS],
      ['env edit', /edit-/, ['SIGTERM', 'SIGHUP']],
      ['purge', /Type 'yes'/, SIGNALS],
    ]
    const cases = commands.flatMap(([command, isUp, signals]) =>
      signals.map((signal) => ({ command, isUp, signal })),
    )
    await Promise.all(
      cases.map(async ({ command, isUp, signal }, index) => {
        const pid = home.file(`pid-${index}`)
        const line = [
          'before=$(stty -g)',
          `sh -c 'echo $$ >${pid}; exec "$@"' sh '${process.execPath}' '${RUN_JS}' ${command}`,
          'echo "left with $?"',
          '[ "$before" = "$(stty -g)" ] && echo terminal as before; exec sh',
        ].join('; ')
        const variables = { AGENTVM_HOME: home.path, PATH: process.env.PATH ?? '', EDITOR: editor }
        const terminal = new ShellTerminal(['sh', '-c', line], variables)
        try {
          await terminal.shows(isUp)
          process.kill(Number(readFileSync(pid, 'utf8')), signal)
          const left = new RegExp(`left with ${codeOf(signal)}\\s+terminal as before`)
          await terminal.shows(command === 'env edit' ? new RegExp(`left with ${codeOf(signal)}`) : left)
        } finally {
          terminal.close()
        }
      }),
    )
    for (const word of ['sleep\x002718', 'sleep\x001618'])
      await until(() => processesWith(word).length === 0, `the end of ${word}`)
    await until(() => ofThisHome('attach-session').length === 0, 'the end of what was attached')
    assert.deepEqual(
      readdirSync(home.path).filter((name) => name.includes('edit-')),
      [],
    )
    const rows = await home.json<AgentRow[]>('list')
    assert.deepEqual(
      [rows.find(({ name }) => name === 'a1')?.status, rows.some(({ name }) => name.startsWith('run-'))],
      ['running', false],
    )
  })
})
