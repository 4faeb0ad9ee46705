import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outcome, processesWith, RUN_JS, readProc, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

/** A dashboard in a terminal of its own, within a shell that says how it was left. */
function dashboard(home: TestHome, size: [number, number] = [100, 24], env: Record<string, string> = {}) {
  const line = `stty -a >'${home.path}.before'; '${process.execPath}' '${RUN_JS}' watch -n 0.3; echo "left with $?"; stty -a | cmp - '${home.path}.before' && echo terminal as before; exec sh`
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    AGENTVM_HOME: home.path,
    ...env,
  }
  return new ShellTerminal(['sh', '-c', line], variables, size)
}

describe('the dashboard of agentvm watch', () => {
  let home: TestHome
  let terminal: ShellTerminal | undefined
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(async () => {
    terminal?.close()
    await home.remove()
  })
  const statusOf = async (name: string) => (await home.json<{ status: string }>('info', name)).status

  it('shows agents as they come and end, and what the selected one prints', async () => {
    terminal = dashboard(home)
    await terminal.shows(/no agents/)
    await home.ok('spawn', 'b-2', '-t', 'team=red', '--', 'sh', '-c', 'echo from the agent; cat')
    await terminal.shows(/> b-2 +running .*team=red/)
    await terminal.shows(/── b-2 ─+\nfrom the agent/)
    await home.ok('exec', 'b-2', 'something new')
    await terminal.shows(/something new\nsomething new/)
    await home.ok('spawn', 'a-1', '--', 'true')
    await terminal.shows(/agentvm: 2 agents, 1 running.*\n.*\n {2}a-1 +dead \(0\).*\n> b-2 +running/)
  })

  it('attaches to an agent and comes back, and no key or answer of the terminal goes astray', async () => {
    const script = 'stty -echo; echo listens; while read -r x; do echo "got <$x>"; done'
    await home.ok('spawn', 'a1', '--', 'sh', '-c', script)
    terminal = dashboard(home)
    await terminal.shows(/> a1 +running/)
    for (const word of ['first', 'second']) {
      terminal.press('Enter')
      await terminal.shows(/^(?![\s\S]*agentvm:)[\s\S]*listens/)
      terminal.type(word)
      terminal.press('Enter')
      await terminal.shows(new RegExp(`got <${word}>`))
      terminal.press('C-]')
      await terminal.shows(/> a1 +running[\s\S]*\? help/)
    }
    terminal.press('q')
    await terminal.shows(/left with 0\n.*terminal as before/)
  })

  it('types a message into the selected agent, and kills it after a yes', async () => {
    await home.ok('spawn', 'a1', '--', 'cat')
    terminal = dashboard(home)
    await terminal.shows(/> a1 +running/)
    terminal.type('m')
    terminal.type('do it, q x y')
    await terminal.shows(/to a1: do it, q x y_/)
    terminal.press('Enter')
    await terminal.shows(/a1: sent/)
    await until(async () => (await home.ok('logs', 'a1')).includes('do it, q x y'), 'the message in the log')
    terminal.type('x')
    await terminal.shows(/kill a1\? \[y\/N\]/)
    terminal.type('n')
    terminal.type('x')
    terminal.type('y')
    await terminal.shows(/> a1 +dead \(killed\)/)
    assert.equal(await statusOf('a1'), 'dead')
    terminal.press('Enter')
    await terminal.shows(/agent 'a1' is not running/)
  })

  it('starts an agent again, one that runs after a yes', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'echo started; cat')
    const { pid } = await home.json<{ pid: number }>('info', 'a1')
    terminal = dashboard(home)
    await terminal.shows(/> a1 +running/)
    terminal.type('r')
    await terminal.shows(/restart a1\? \[y\/N\]/)
    terminal.type('y')
    await terminal.shows(/a1: restarted/)
    assert.notEqual((await home.json<{ pid: number }>('info', 'a1')).pid, pid)
    await home.ok('kill', 'a1')
    await terminal.shows(/> a1 +dead/)
    terminal.type('r')
    await terminal.shows(/> a1 +running/)
  })

  it('shows what an agent changed in a pager and comes back', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'read -r x; echo "$x" >new; echo done; cat')
    terminal = dashboard(home, [100, 24], { PAGER: 'less' })
    await terminal.shows(/> a1 +running/)
    terminal.type('d')
    await terminal.shows(/agent 'a1' has changed no file/)
    await home.ok('exec', 'a1', 'content of the file')
    await terminal.shows(/── a1 ─+[\s\S]*done/)
    terminal.type('d')
    await terminal.shows(/\+content of the file\n[\s\S]*\(END\)/)
    terminal.type('q')
    await terminal.shows(/> a1 +running/)
  })

  it('shows a log in a pager and comes back', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'seq -f "line %.0f" 500; cat')
    terminal = dashboard(home, [100, 24], { PAGER: 'less' })
    await terminal.shows(/> a1 +running/)
    await until(async () => (await home.ok('logs', 'a1')).includes('line 500'), 'its last line')
    terminal.type('l')
    await terminal.shows(/line 499\nline 500\n[\s\S]*\(END\)/)
    terminal.type('g')
    await terminal.shows(/^line 1\nline 2\n/)
    terminal.type('q')
    await terminal.shows(/> a1 +running/)
  })

  it('filters, sorts and helps', async () => {
    await home.ok('spawn', 'one', '-t', 'team=red', '--', 'cat')
    await home.ok('spawn', 'two', '--', 'true')
    terminal = dashboard(home)
    await terminal.shows(/one[\s\S]*two/)
    terminal.type('/red')
    await until(() => !/two/.test(terminal?.screen() ?? ''), 'the filter')
    terminal.press('Escape')
    await terminal.shows(/one[\s\S]*two/)
    terminal.type('s')
    await terminal.shows(/by status/)
    terminal.type('?')
    await terminal.shows(/attach; its detach key brings you back/)
    terminal.type('?')
    await terminal.shows(/> one/)
  })

  it('fits narrow and low terminals, and follows a change of size', async () => {
    await home.ok('spawn', 'one', '--', 'sh', '-c', `printf '語%.0s' $(seq 100); cat`)
    terminal = dashboard(home, [40, 10], { NO_COLOR: '1' })
    const low = await terminal.shows(/> one +running[\s\S]*語\n?[\s\S]*\? help/)
    assert.doesNotMatch(low, /LAST LINE/)
    assert.doesNotMatch(terminal.colouredScreen(), /\x1b\[[0-9;]*m/)
    terminal.resize(120, 30)
    await terminal.shows(/LAST LINE[\s\S]*s sort\n/)
    terminal.resize(30, 6)
    await terminal.shows(/^agentvm: 1 agents, 1 running/)
    terminal.press('q')
    await terminal.shows(/left with 0/)
  })

  it('lets nothing through that an agent wrote but text', async () => {
    const evil = `printf '\\033]0;title\\007\\033[2J\\033[31mred\\033[9999;1Hfar\\r\\n\\342\\200\\256back \\033Pq#0\\033\\\\ end\\n'; cat`
    await home.ok('spawn', 'evil', '-t', 'x=\u202etag', '--', 'sh', '-c', evil)
    terminal = dashboard(home, [100, 20], { NO_COLOR: '1' })
    await terminal.shows(/── evil ─+\n[\s\S]*end/)
    assert.doesNotMatch(terminal.screen(), /\u202e/)
    assert.doesNotMatch(terminal.colouredScreen(), /\x1b/)
    assert.match(terminal.screen(), /^agentvm: 1 agents/)
  })

  it('leaves the terminal as it was on Ctrl-C and on signals', async () => {
    for (const [end, code] of [
      [() => terminal?.press('C-c'), 130],
      [() => process.kill(dashboardPid(home), 'SIGTERM'), 143],
      [() => process.kill(dashboardPid(home), 'SIGHUP'), 129],
    ] as const) {
      terminal = dashboard(home)
      await terminal.shows(/no agents/)
      end()
      const screen = await terminal.shows(new RegExp(`left with ${code}\n.*terminal as before`))
      assert.doesNotMatch(screen, /no agents/)
      terminal.close()
      terminal = undefined
    }
  })

  it('ends with its terminal also while something that it began holds signals back', async () => {
    await home.ok('spawn', 'a1', '--', 'cat')
    mkdirSync(home.file('hooks'), { recursive: true })
    writeFileSync(home.file('hooks/post-spawn'), '#!/bin/sh\n: >"$AGENTVM_HOME/began"\nsleep 1000\n', {
      mode: 0o755,
    })
    terminal = dashboard(home)
    await terminal.shows(/> a1 +running/)
    terminal.type('r')
    await terminal.shows(/restart a1\? \[y\/N\]/)
    terminal.type('y')
    await until(() => existsSync(home.file('began')), 'the hook')
    process.kill(dashboardPid(home), 'SIGHUP')
    await terminal.shows(/left with 129\n.*terminal as before/)
  })

  it('leaves the terminal as it was when it fails, and shows why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-it-'))
    writeFileSync(
      join(folder, 'fail.mjs'),
      "import { existsSync } from 'node:fs'\n" +
        `setInterval(() => { if (existsSync('${folder}/now')) throw new Error('out of the blue') }, 20).unref()\n`,
    )
    terminal = dashboard(home, [100, 24], { NODE_OPTIONS: `--import ${join(folder, 'fail.mjs')}` })
    await terminal.shows(/no agents/)
    writeFileSync(join(folder, 'now'), '')
    const screen = await terminal.shows(/Error: out of the blue[\s\S]*left with 1\n.*terminal as before/)
    assert.doesNotMatch(screen, /no agents/)
    rmSync(folder, { recursive: true })
  })

  it('prints looks instead on a terminal that can do nothing', async () => {
    terminal = dashboard(home, [100, 24], { TERM: 'dumb' })
    await terminal.shows(/0 agents, 0 running\n\n\S+Z 0 agents/)
  })

  it('is a job of a shell: Ctrl-Z gives the terminal back, fg takes it again', async () => {
    const variables = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', AGENTVM_HOME: home.path }
    terminal = new ShellTerminal(['bash', '--norc', '-i'], { ...variables, PS1: '$ ' }, [100, 20])
    await terminal.shows(/\$/)
    terminal.type(`'${process.execPath}' '${RUN_JS}' watch`)
    terminal.press('Enter')
    await terminal.shows(/no agents/)
    terminal.press('C-z')
    await terminal.shows(/Stopped[\s\S]*\$\s*$/)
    terminal.type('echo typed $((1+1))')
    terminal.press('Enter')
    await terminal.shows(/\ntyped 2\n/)
    terminal.type('fg')
    terminal.press('Enter')
    await terminal.shows(/no agents/)
    terminal.press('q')
    await terminal.shows(/typed 2/)
  })

  it('needs a keyboard', async () => {
    terminal = new ShellTerminal(
      ['sh', '-c', `'${process.execPath}' '${RUN_JS}' watch </dev/null; echo "left with $?"; cat`],
      { AGENTVM_HOME: home.path, PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    )
    await terminal.shows(/watch needs a keyboard[\s\S]*left with 1/)
  })
})

/** The process of that home's dashboard. */
function dashboardPid(home: TestHome): number {
  const pid = processesWith(`${RUN_JS}\0watch`).find((one) =>
    readProc(`${one}`, 'environ').split('\0').includes(`AGENTVM_HOME=${home.path}`),
  )
  assert.ok(pid)
  return pid
}

describe('agentvm watch off a terminal', () => {
  let home: TestHome
  beforeEach(async () => {
    home = new TestHome()
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'printf "1\\n2\\n\\033[31m3\\n4\\n"; sleep 1000')
    await until(async () => (await home.ok('logs', 'a1')).includes('4'), 'the output')
  })
  afterEach(() => home.remove())

  it('prints one look after the other until Ctrl-C', async () => {
    const child = home.start(['watch', '-n', '0.2'])
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
    })
    await until(() => text.split('1 agents, 1 running').length > 3, 'the third look')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    assert.equal(code, 130)
    assert.match(
      text,
      /^\S+Z 1 agents, 1 running\nNAME +STATUS .*\na1 +running .*\na1 \| 2\na1 \| 3\na1 \| 4\n\n/,
    )
  })

  it('prints one JSON object a look, and ends quietly when nobody reads any more', async () => {
    const child = home.start(['watch', '-n', '0.1', '--json'])
    const [first] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    const [code] = await once(child, 'close')
    assert.equal(code, 0)
    const { agents } = JSON.parse(String(first).split('\n')[0] ?? '')
    assert.deepEqual(agents[0].output, ['2', '3', '4'])
    assert.equal(agents[0].cpu_pct, 0)
  })

  it('refuses an interval that leaves no time', async () => {
    const result = await outcome(home.start(['watch', '--interval', '0']))
    assert.deepEqual([result.code, /0.1 seconds or more/.test(result.stderr)], [2, true])
  })
})
