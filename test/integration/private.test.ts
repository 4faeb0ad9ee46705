import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, relative } from 'node:path'
import { Home } from '../../src/settings/home.ts'
import { RUN_JS, TestHome } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

/** Another user of the machine. */
const OTHER = { uid: 65534, gid: 65534 }

describe('what belongs to a user', () => {
  let home: TestHome
  before(() => {
    home = new TestHome()
    // As a home in /home is: others may enter, and see names.
    chmodSync(dirname(home.path), 0o755)
    const script = `umask 0; exec "$0" "$@"`
    const run = (...args: string[]) => {
      const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, RUN_JS, ...args], {
        env: { ...process.env, AGENTVM_HOME: home.path, NODE_V8_COVERAGE: '' },
        encoding: 'utf8',
      })
      assert.equal(status, 0, stderr)
    }
    run('env', 'set', 'PROVIDER_KEY=secret')
    run('config', 'set', 'AGENTVM_TRASH_DAYS=3')
    run('spawn', 'gone', '--net', 'none', '-m', 'prompt', '-e', 'A=b', '--', 'true')
    run('wait', 'gone')
    run('clone', 'gone', 'copy')
    run('clean', '--force')
    run('spawn', 'a1', '-m', 'prompt', '-e', 'A=b', '--', 'sleep', '1000')
  })
  after(() => home.remove())

  it('is private in every file and folder of agentvm, whatever the umask', () => {
    const open: string[] = []
    const walk = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name)
        const inside = relative(home.path, path).split('/')
        // What the agent makes in its own folders has its own umask; the folders themselves are closed.
        const isAgents = /^(?:workspaces|homes)$/.test(inside[0] ?? '') && inside.length > 2
        if (isAgents || entry.isSymbolicLink()) continue
        // What is written aside comes and goes meanwhile.
        const found = lstatSync(path, { throwIfNoEntry: false })
        if (found && (found.mode & 0o077) !== 0) open.push(relative(home.path, path))
        if (entry.isDirectory()) walk(path)
      }
    }
    assert.equal(lstatSync(home.path).mode & 0o777, 0o700)
    walk(home.path)
    assert.deepEqual(open, [])
  })

  it('cannot be listed, read, attached to, or signalled by another user', function () {
    if (process.getuid?.() !== 0) this.skip()
    const as = (command: string, ...args: string[]) =>
      spawnSync(command, args, { ...OTHER, encoding: 'utf8' })
    const socket = home.file(
      'run',
      readdirSync(home.file('run')).find((name) => /^[a-z0-9]{8}$/.test(name)) ?? '',
      'tmux',
    )
    assert.notEqual(as('ls', home.path).status, 0)
    assert.notEqual(as('cat', home.file('env')).status, 0)
    assert.notEqual(as('tmux', '-S', socket, 'list-sessions').status, 0)
    const pid = String(
      JSON.parse(
        spawnSync(process.execPath, [RUN_JS, 'list', '--json'], {
          env: { ...process.env, AGENTVM_HOME: home.path, NODE_V8_COVERAGE: '' },
          encoding: 'utf8',
        }).stdout,
      )[0].pid,
    )
    assert.notEqual(as('kill', pid).status, 0)
    assert.match(as('kill', pid).stderr, /not permitted/i)
  })
})

describe('a folder for the sockets of a home whose path is long', () => {
  const home = new TestHome('x'.repeat(100))
  const runtime = join(dirname(home.path), 'runtime')
  const folder = join(runtime, 'agentvm')
  const env = { AGENTVM_HOME: home.path, XDG_RUNTIME_DIR: runtime }
  const { proxySockets } = new Home(env)
  /** Whether the socket where the proxy's would be was asked anything. */
  let asked = false
  const squatter = createServer((socket) => {
    asked = true
    socket.destroy()
  })

  before(async () => {
    mkdirSync(runtime)
    assert.equal((await home.run(['spawn', 'a1', '--net', 'none', '--', 'cat'], { env })).code, 0)
    assert.match(readdirSync(folder).join(), /^[0-9a-f]{12}-[a-z0-9]{8}$/)
    mkdirSync(proxySockets)
    squatter.listen(join(proxySockets, 'control'))
    await once(squatter, 'listening')
  })
  after(async () => {
    await home.run(['purge', '--force'], { env })
    squatter.close()
    await home.remove()
  })

  /** `everywhere`: also by who asks the proxy, and by the grid. */
  async function isRefused({ everywhere = false } = {}): Promise<void> {
    const content = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    const before = content()
    const why =
      /\/runtime\/agentvm is not a private folder of yours: [^\n]*\n\s*→ remove it, or set AGENTVM_HOME/
    const refused = async (wanted: number, ...args: string[]) => {
      const { code, stdout, stderr } = await home.run(args, { env })
      assert.deepEqual([code, stdout], [wanted, ''], args[0])
      assert.match(stderr, why)
    }
    await refused(1, 'spawn', 'a2', '--net', 'none', '--', 'true')
    assert.deepEqual(content(), before)
    if (!everywhere) return
    await refused(125, 'run', '--allow', 'example.com', '--', 'true')
    const terminal = new ShellTerminal(
      ['sh', '-c', `'${process.execPath}' '${RUN_JS}' grid; echo "left with $?"; exec sh`],
      { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      [300, 10],
    )
    try {
      assert.match(await terminal.shows(/left with 1/), why)
    } finally {
      terminal.close()
    }
    assert.deepEqual([content(), asked], [before, false])
    const { stdout } = await home.run(['list', '--json'], { env })
    assert.deepEqual(
      JSON.parse(stdout).map(({ name, status }: { name: string; status: string }) => [name, status]),
      [['a1', 'running']],
    )
  }

  it('is refused where others may write to it', async () => {
    chmodSync(folder, 0o777)
    await isRefused({ everywhere: true })
    chmodSync(folder, 0o700)
  })

  it('is refused where it is a symlink', async () => {
    renameSync(folder, join(runtime, 'elsewhere'))
    symlinkSync(join(runtime, 'elsewhere'), folder)
    await isRefused()
    rmSync(folder)
    renameSync(join(runtime, 'elsewhere'), folder)
  })

  it('is refused where it is of another user', async function () {
    if (process.getuid?.() !== 0) this.skip()
    chownSync(folder, OTHER.uid, OTHER.gid)
    await isRefused()
    chownSync(folder, 0, 0)
  })
})
