import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RUN_JS, TestHome, until } from '../support/agentvm.ts'

const run = promisify(execFile)

describe('text typed into an agent', () => {
  let home: TestHome
  beforeEach(async () => {
    home = new TestHome()
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'stty -echo; : >got; echo up; cat >got')
    await until(async () => (await home.ok('logs', 'a1')).includes('up'), 'the start')
  })
  afterEach(() => home.remove())

  const got = (text: string) =>
    until(() => home.read('workspaces', 'a1', 'got') === text, `${JSON.stringify(text)} in the workspace`)

  it('arrives verbatim, with flags before or after the name', async () => {
    await home.ok('exec', 'a1', 'echo "$HOME"; `ls` #x', '--no-enter', '  two')
    await home.ok('exec', '--no-enter', 'a1', 'last')
    await home.ok('exec', 'a1', '--', '--no-enter')
    await got('echo "$HOME"; `ls` #x --no-enter   two\nlast--no-enter\n')
  })

  it('arrives from a file or standard input, of any length', async () => {
    const text = `${'0123456789 äöü\n'.repeat(4_000)}end`
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-it-'))
    writeFileSync(join(folder, 'task.md'), `${text}\n`)
    await home.ok('send', 'a1', join(folder, 'task.md'))
    await got(`${text}\n`)
    assert.equal((await home.run(['exec', 'a1', '--file', '-'], { input: 'more\n' })).code, 0)
    await got(`${text}\nmore\n`)
    rmSync(folder, { recursive: true })
  })

  it('is refused where the terminal would cut it', async () => {
    const result = await home.run(['exec', 'a1', 'x'.repeat(5_000)])
    assert.equal(result.code, 1)
    assert.match(result.stderr, /line 1 has 5000 bytes/)
  })

  it('is refused if there is none, twice, or nobody to take it', async () => {
    assert.equal((await home.run(['exec', 'a1'])).code, 2)
    assert.equal((await home.run(['exec'])).code, 2)
    assert.equal((await home.run(['exec', 'a1', '--file', 'x', 'y'])).code, 2)
    assert.equal((await home.run(['send', 'a1', '/nonexistent'])).code, 2)
    await home.ok('kill', 'a1')
    const dead = await home.run(['exec', 'a1', 'x'])
    assert.deepEqual([dead.code, /is not running/.test(dead.stderr)], [1, true])
  })
})

describe('agentvm attach', () => {
  let home: TestHome
  const outer = `agentvm-test-${process.pid}`
  const tmux = (...args: string[]) => run('tmux', ['-L', outer, '-f', '/dev/null', ...args])
  const screen = async () => (await tmux('capture-pane', '-p')).stdout

  beforeEach(async () => {
    home = new TestHome()
    const attach = `AGENTVM_HOME='${home.path}' '${process.execPath}' '${RUN_JS}' attach a1; echo "left with $?"; exec sh`
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'echo hello from the agent; cat')
    await tmux('new-session', '-d', '-x', '100', '-y', '30', attach)
    await until(async () => (await screen()).includes('hello from the agent'), 'the agent’s screen')
  })
  afterEach(async () => {
    await tmux('kill-server')
    await home.remove()
  })

  it('shows the agent within the user’s own tmux, types into it, and detaches by one key', async () => {
    await tmux('send-keys', 'typed', 'Enter')
    await until(async () => /typed\s+typed/.test(await screen()), 'the echo of cat')
    await tmux('send-keys', 'C-]')
    await until(async () => (await screen()).includes('left with 0'), 'the end of attach')
    assert.equal((await home.json<{ status: string }>('info', 'a1')).status, 'running')
  })

  it('takes the size of the terminal, and ends when the agent does', async () => {
    const { stdout } = await run(
      process.execPath,
      [RUN_JS, 'tmux', 'a1', 'display-message', '-p', '#{window_width}x#{window_height}'],
      {
        env: { ...process.env, AGENTVM_HOME: home.path },
      },
    )
    assert.equal(stdout, '100x30\n')
    await home.ok('kill', 'a1')
    await until(async () => (await screen()).includes('left with'), 'the end of attach')
  })

  it('needs a terminal and a running agent', async () => {
    assert.match((await home.run(['attach', 'a1'])).stderr, /attach needs a terminal/)
    await home.ok('kill', 'a1')
    assert.match((await home.run(['attach', 'a1'])).stderr, /is not running/)
  })
})
