import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { RUN_JS, TestHome } from '../support/agentvm.ts'

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
        if ((lstatSync(path).mode & 0o077) !== 0) open.push(relative(home.path, path))
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
