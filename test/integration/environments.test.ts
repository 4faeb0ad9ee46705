import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RUN_JS, TestHome } from '../support/agentvm.ts'

const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
/** A user whom the user database doesn't know, as in containers. */
const NOBODY = { uid: 54_321, gid: 54_321 }

describe('agentvm', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
    chmodSync(dirname(home.path), 0o755)
  })
  afterEach(() => home.remove())

  /** Runs it with no variables but these. */
  const run = (args: string[], env: Record<string, string> = {}, more: object = {}) => {
    const options = { cwd: dirname(home.path), encoding: 'utf8' as const, timeout: 120_000, ...more }
    const { status, stdout, stderr } = spawnSync(process.execPath, [RUN_JS, ...args], {
      env: { PATH, AGENTVM_HOME: home.path, ...env },
      ...options,
    })
    return { code: status, stdout, stderr }
  }
  const ok = (args: string[], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = run(args, env)
    assert.equal(code, 0, `${args} ${JSON.stringify(env)}: ${stderr}`)
    return stdout
  }

  /** Whether another user may run this checkout. */
  const canBeAnother = () => process.getuid?.() === 0 && run(['version'], {}, NOBODY).code === 0

  it('works without HOME, USER, SHELL, LANG and TERM, as under systemd and in CI', () => {
    assert.equal(ok(['run', '--net', 'none', '--', 'echo', 'hi']), 'hi\n')
    ok(['spawn', 'a1', '--net', 'none', '--', 'sh', '-c', 'echo up; cat'])
    const environments: Record<string, string>[] = [
      { TERM: 'dumb' },
      { LANG: 'C', LC_ALL: 'C' },
      { TERM: 'nonsense', LANG: 'nonsense' },
    ]
    for (const env of environments) {
      assert.match(ok(['list'], env), /^a1 +running/m)
      ok(['exec', 'a1', 'äöü'], env)
    }
    assert.match(ok(['info', 'a1'], { LC_ALL: 'POSIX' }), /^status +running/m)
    ok(['restart', 'a1'])
    ok(['kill', 'a1'])
  })

  it('works with its standard streams closed', () => {
    const shell = (redirections: string, ...args: string[]) => {
      const line = `exec "$@" ${redirections}`
      const { status } = spawnSync('/bin/sh', ['-c', line, 'sh', process.execPath, RUN_JS, ...args], {
        env: { PATH, AGENTVM_HOME: home.path },
      })
      return status
    }
    const all = '<&- >&- 2>&-'
    assert.equal(shell(all, 'spawn', 'a1', '--net', 'none', '--', 'sleep', '1000'), 0)
    assert.equal(shell(all, 'run', '--net', 'none', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'), 7)
    assert.equal(shell('>&-', 'list'), 0)
    assert.equal(shell('2>&-', 'nonsense'), 2)
    assert.match(ok(['list']), /^a1 +running/m)
  })

  it('takes no relative HOME, and no empty one, for a folder', () => {
    for (const HOME of ['', 'relative']) ok(['history'], { HOME })
    const env = { PATH, HOME: '' }
    spawnSync(process.execPath, [RUN_JS, 'config', 'path'], { env, cwd: dirname(home.path) })
    const { stdout } = spawnSync(process.execPath, [RUN_JS, 'config', 'path'], { env, encoding: 'utf8' })
    assert.ok(stdout.startsWith('/'), stdout)
    assert.deepEqual(
      readdirSync(dirname(home.path)).filter((name) => name !== 'home'),
      [],
    )
  })

  it('works for a user whom the system doesn’t know, or says what is missing', function () {
    if (!canBeAnother()) this.skip()
    const { code, stderr } = run(['env', 'set', 'A=b'], { AGENTVM_HOME: '' }, NOBODY)
    assert.deepEqual([code, stderr.split('\n')[0]], [1, 'agentvm: /.agentvm: permission denied'])
    mkdirSync(home.path)
    chownSync(home.path, NOBODY.uid, NOBODY.gid)
    const ran = run(['run', '--net', 'none', '--', 'id', '-u'], {}, NOBODY)
    assert.deepEqual([ran.code, ran.stdout], [0, '1000\n'], ran.stderr)
    chownSync(home.path, 0, 0)
  })

  it('refuses a home of another user, also to root, and leaves nothing there', function () {
    if (!canBeAnother()) this.skip()
    mkdirSync(home.path, { mode: 0o700 })
    const ofAnother = new RegExp(
      `^agentvm: ${home.path} belongs to another user \\(uid \\d+\\)\n {2}→ be that user \\('sudo -u "#\\d+" agentvm …'\\)`,
    )
    const commands = [
      ['list'],
      ['spawn', 'a1', '--', 'true'],
      ['env', 'list'],
      ['purge', '--force'],
      ['plugins'],
    ]
    for (const args of commands) assert.match(run(args, {}, NOBODY).stderr, ofAnother, `${args}`)
    chownSync(home.path, NOBODY.uid, NOBODY.gid)
    for (const args of commands) assert.match(run(args).stderr, ofAnother, `${args}`)
    assert.deepEqual(readdirSync(home.path), [])
    assert.equal(run(['version']).code, 0)
    assert.match(run(['doctor']).stdout, /belongs to another user|uid 54321/)
    chownSync(home.path, 0, 0)
  })

  it('reads a home that can’t be written, and says of the rest what is closed', function () {
    if (!canBeAnother()) this.skip()
    mkdirSync(home.path, { mode: 0o700 })
    chownSync(home.path, NOBODY.uid, NOBODY.gid)
    const as = (...args: string[]) => run(args, {}, NOBODY)
    assert.equal(as('run', '--keep', '--name', 'a1', '--net', 'none', '--', 'echo', 'said').code, 0)
    const folders = [home.path, ...['state', 'cache', 'run'].map((folder) => home.file(folder))]
    for (const folder of folders) chmodSync(folder, 0o500)
    for (const args of [
      ['list'],
      ['info', 'a1'],
      ['logs', 'a1'],
      ['ps'],
      ['history'],
      ['stats'],
      ['wait', 'a1'],
    ]) {
      assert.equal(as(...args).code, 0, `${args}`)
    }
    for (const args of [
      ['restart', 'a1'],
      ['rename', 'a1', 'b1'],
      ['env', 'set', 'A=b'],
      ['clean', 'a1'],
    ]) {
      const { code, stderr } = as(...args)
      assert.deepEqual([code, /permission denied\n {2}→ ls -ld '/.test(stderr)], [1, true], stderr)
      assert.doesNotMatch(stderr, /\.\d+\.[0-9a-f]{8}/)
    }
    for (const folder of folders) chmodSync(folder, 0o700)
    assert.equal(as('clean', '--force').code, 0)
    chownSync(home.path, 0, 0)
  })

  it('says of a place that takes no folders that it takes none', () => {
    const env = { AGENTVM_HOME: '/proc/none' }
    for (const args of [
      ['plugins', 'install', 'x'],
      ['spawn', 'a1', '--', 'true'],
      ['env', 'set', 'A=b'],
      ['clean'],
    ]) {
      const { code, stderr } = run(args, env)
      assert.equal(code, 1)
      assert.match(stderr, /^agentvm: \/proc\/none: no folder can be made there\n {2}→ set AGENTVM_HOME/)
    }
    assert.equal(run(['list'], env).code, 0)
  })

  it('as root runs no cached code that another user could have written', function () {
    if (process.getuid?.() !== 0) this.skip()
    const cache = join(dirname(home.path), 'cache')
    mkdirSync(cache)
    chownSync(cache, NOBODY.uid, NOBODY.gid)
    ok(['list'], { XDG_CACHE_HOME: cache })
    assert.deepEqual(readdirSync(cache), [])
    chownSync(cache, 0, 0)
    ok(['list'], { XDG_CACHE_HOME: cache })
    assert.equal(statSync(join(cache, 'agentvm')).mode & 0o777, 0o700)
  })
})
