import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { processesWith, until } from '../support/agentvm.ts'
import { Box } from '../support/wrapped.ts'

describe('a sandbox in a real terminal', () => {
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', join(box.folder, 'tmux'), '-f', '/dev/null', ...args], { encoding: 'utf8' })
  const screen = () => tmux('capture-pane', '-p')
  const shows = (text: RegExp) => until(() => text.test(screen()), `${text} on the screen`)
  let box: Box

  /** Opens a pane that runs a command in a sandbox, as the core's launcher does: what is above the sandbox survives Ctrl-C. */
  const open = (command: string[], tty = true) => {
    const env = { PATH: '/usr/bin:/bin', TERM: 'tmux-256color' }
    const launcher = box.launcher(command, { tty, env })
    const pane = `trap : INT QUIT; (sh ${launcher}); echo "ended with $?"; sleep 100`
    tmux('new-session', '-d', '-x', '80', '-y', '24', 'sh', '-c', pane)
  }

  beforeEach(() => {
    box = new Box()
  })
  afterEach(() => {
    tmux('kill-server')
    box.remove()
  })

  it('lets a command that handles Ctrl-C live on', async () => {
    open([
      'sh',
      '-c',
      'trap "echo got it" INT; trap "echo quit it" QUIT; echo up; while :; do sleep 0.05; done',
    ])
    await shows(/up/)
    tmux('send-keys', 'C-c')
    await shows(/got it/)
    tmux('send-keys', 'C-\\')
    await shows(/quit it/)
    tmux('send-keys', 'C-c')
    await until(() => screen().match(/got it/g)?.length === 2, 'the second Ctrl-C')
    assert.doesNotMatch(screen(), /ended/)
  })

  it('ends a command that doesn’t handle Ctrl-C, with 130', async () => {
    open(['cat'])
    tmux('send-keys', 'hello', 'Enter')
    await shows(/hello\n+hello/)
    tmux('send-keys', 'C-c')
    await shows(/ended with 130/)
  })

  it('tells the command of a new size', async () => {
    open(['bash', '--norc', '-c', 'trap "stty size" WINCH; stty size; while :; do sleep 0.05; done'])
    await shows(/24 80/)
    tmux('resize-window', '-x', '101', '-y', '31')
    await shows(/31 101/)
  })

  it('ends with its pane', async () => {
    const mark = `96${process.pid}`
    open(['sh', '-c', `trap "" HUP TERM INT; echo up; sleep ${mark}; :`])
    await shows(/up/)
    assert.notDeepEqual(processesWith(mark), [])
    tmux('new-window')
    tmux('kill-pane', '-t', ':0')
    await until(() => processesWith(mark).length === 0, 'the end of what the pane ran')
  })

  it('has no way to the terminal of the caller when it runs with pipes', async () => {
    const attack =
      'sleep 0.1; (echo x >/dev/tty) 2>/dev/null && echo has a terminal; ps -o tty= -p $$; echo done'
    open(['sh', '-c', attack], false)
    await shows(/^\?\ndone/m)
    assert.doesNotMatch(screen(), /has a terminal/)
  })
})
