import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { processesWith, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

describe('agentvm grid', () => {
  let home: TestHome
  const terminals: ShellTerminal[] = []
  beforeEach(async () => {
    home = new TestHome()
    for (const [name, tag] of [
      ['w-1', 'red'],
      ['w-2', 'blue'],
      ['w-10', 'red'],
    ]) {
      await home.ok('spawn', name ?? '', '-t', `team=${tag}`, '--', 'sh', '-c', `echo this is ${name}; cat`)
    }
    await home.ok('spawn', 'over', '--', 'true')
    await home.ok('wait', 'over')
  })
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.close()
    await home.remove()
  })

  function grid(...args: string[]): ShellTerminal {
    const line = `'${process.execPath}' '${RUN_JS}' grid ${args.join(' ')}; echo "left with $?"; exec sh`
    const terminal = new ShellTerminal(
      ['sh', '-c', line],
      { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', AGENTVM_HOME: home.path },
      [110, 20],
    )
    terminals.push(terminal)
    return terminal
  }
  const socket = () => home.file('run', 'grid', 'tmux')
  const nothingLeft = () =>
    until(() => processesWith(socket()).length === 0 && !existsSync(socket()), 'the end of the grid')

  it('has a window for each agent that runs, moves between them by one key, and types into them', async () => {
    const terminal = grid()
    await terminal.shows(/this is w-1\n[\s\S]*\[1 w-1\] {2}2 w-2 {3}3 w-10 +Ctrl-\] then: n next/)
    terminal.press('C-]', 'n')
    await terminal.shows(/this is w-2\n[\s\S]*\[2 w-2\]/)
    terminal.type('typed')
    terminal.press('Enter')
    await terminal.shows(/typed\ntyped\n[\s\S]*\[2 w-2\]/)
    terminal.press('C-]', '3')
    await terminal.shows(/this is w-10\n[\s\S]*\[3 w-10\]/)
    terminal.press('C-]', 'C-]')
    await terminal.shows(/left with 0/)
    await nothingLeft()
    assert.equal((await home.json<unknown[]>('list', '--status', 'running')).length, 3)
  })

  it('shows those of a tag, closes the windows of agents that end, and leaves with the last one', async () => {
    const terminal = grid('--tag', 'team=red')
    await terminal.shows(/\[1 w-1\] {2}2 w-10 /)
    await home.ok('kill', 'w-1')
    await terminal.shows(/^(?!.*w-1 ).*\[\d w-10\]/m)
    await home.ok('kill', 'w-10')
    await terminal.shows(/left with 0/)
    await nothingLeft()
  })

  it('gets the windows that it lacks when it is called again, and lasts as long as anybody looks at it', async () => {
    const first = grid('--tag', 'team=red')
    await first.shows(/\[1 w-1\] {2}2 w-10 /)
    const second = grid()
    await second.shows(/1 w-1.*2 w-10.*3 w-2/)
    await first.shows(/1 w-1.*2 w-10.*3 w-2/)
    second.press('C-]', 'd')
    await second.shows(/left with 0/)
    await first.shows(/3 w-2/)
    // The window of a terminal emulator that is closed.
    first.close()
    await until(() => processesWith(socket()).length === 0, 'the end of the grid')
  })

  it('gives a window the new name of its agent', async () => {
    const first = grid('--tag', 'team=red')
    await first.shows(/\[1 w-1\] {2}2 w-10 /)
    await home.ok('rename', 'w-1', 'better')
    grid('--tag', 'team=red')
    await first.shows(/\[1 better\] {2}2 w-10 +Ctrl/)
    await first.shows(/this is w-1/)
  })

  it('needs a terminal and an agent that runs', async () => {
    assert.match((await home.run(['grid'])).stderr, /grid needs a terminal/)
    await grid('--tag', 'team=none').shows(/no agent that runs has a terminal[\s\S]*left with 1/)
  })
})
