import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesWith, TestHome, until } from '../support/agentvm.ts'
import { git } from '../support/git.ts'

describe('agentvm spawn --from-git', () => {
  let home: TestHome
  let dir: string
  let origin: string
  beforeEach(() => {
    home = new TestHome()
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-seed-')))
    origin = join(dir, 'origin')
    git(dir, 'init', '-q', origin)
    commit('first')
  })
  afterEach(async () => {
    await home.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  const commit = (subject: string) => {
    writeFileSync(join(origin, 'file'), `${subject}\n`)
    git(origin, 'add', '.')
    git(origin, 'commit', '-qm', subject)
    return git(origin, 'rev-parse', 'HEAD')
  }
  const spawn = (name: string, url: string, ...ref: string[]) =>
    home.run([
      'spawn',
      name,
      '--from-git',
      url,
      ...ref,
      '--',
      'sh',
      '-c',
      'git status -sb; git log --format=%s',
    ])
  const seen = async (name: string, url: string, ...ref: string[]) => {
    const { code, stderr } = await spawn(name, url, ...ref)
    assert.equal(code, 0, stderr)
    await home.ok('wait', name)
    return (await home.ok('logs', name)).trim().split('\n')
  }
  const left = () => home.leftovers('workspaces', 'homes', 'run', 'state')

  it('clones the default branch, or a branch, a tag or a commit by its short or whole name', async () => {
    const first = git(origin, 'rev-parse', 'HEAD')
    git(origin, 'tag', 'v1')
    git(origin, 'branch', 'topic/a')
    commit('second')
    assert.deepEqual(await seen('head', origin), ['## main...origin/main', 'second', 'first'])
    assert.deepEqual(await seen('branch', `file://${origin}`, '--ref', 'topic/a'), [
      '## topic/a...origin/topic/a',
      'first',
    ])
    for (const [name, ref] of [
      ['tag', 'v1'],
      ['short', first.slice(0, 8)],
      ['whole', first],
    ] as const)
      assert.deepEqual(await seen(name, origin, '--branch', ref), ['## HEAD (no branch)', 'first'])
    assert.match(home.read('state', 'branch.env'), /^AGENT_FROM_GIT_REF='topic\/a'$/m)
    assert.match(home.read('state', 'head.env'), new RegExp(`^AGENT_FROM_GIT='${origin}'$`, 'm'))
  })

  it('finds a commit that no branch holds, and a branch that looks like a commit', async () => {
    const lone = commit('lone')
    git(origin, 'update-ref', 'refs/pull/1/head', lone)
    git(origin, 'reset', '-q', '--hard', 'HEAD~1')
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    git(origin, 'branch', 'beef')
    assert.deepEqual(await seen('lone', origin, '--ref', lone), ['## HEAD (no branch)', 'lone', 'first'])
    assert.deepEqual(await seen('beef', origin, '--ref', 'beef'), ['## beef...origin/beef', 'first'])
  })

  it('shares no file with a local repository', async () => {
    await seen('a1', origin)
    const objects = git(origin, 'rev-parse', 'HEAD')
    const object = join(origin, '.git', 'objects', objects.slice(0, 2), objects.slice(2))
    assert.equal(statSync(object).nlink, 1)
    assert.equal(existsSync(home.file('workspaces', 'a1', '.git', 'objects', 'info', 'alternates')), false)
  })

  it('executes nothing of the remote’s or of the user’s templates: hooks, filters, submodules', async () => {
    const trap = join(dir, 'executed')
    const hook = join(dir, 'template', 'hooks', 'post-checkout')
    mkdirSync(join(hook, '..'), { recursive: true })
    writeFileSync(hook, `#!/bin/sh\ntouch ${trap}\n`)
    chmodSync(hook, 0o755)
    const config = join(dir, 'gitconfig')
    for (const [key, value] of [
      ['filter.lfs.smudge', `touch ${trap}; cat`],
      ['filter.lfs.required', 'true'],
      ['init.templateDir', join(dir, 'template')],
      ['core.hooksPath', join(hook, '..')],
      ['submodule.recurse', 'true'],
      ['core.fsmonitor', `touch ${trap}; false`],
      ['protocol.file.allow', 'always'],
    ] as const)
      git(dir, 'config', '--file', config, key, value)
    git(dir, 'init', '-q', 'other')
    git(join(dir, 'other'), 'commit', '-q', '--allow-empty', '-m', 'x')
    git(origin, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', join(dir, 'other'), 'sub')
    writeFileSync(join(origin, '.gitattributes'), 'file filter=lfs\n')
    commit('second')
    const { code, stderr } = await home.run(['spawn', 'a1', '--from-git', origin, '--', 'true'], {
      env: { GIT_CONFIG_GLOBAL: config },
    })
    assert.equal(code, 0, stderr)
    assert.equal(existsSync(trap), false)
    assert.equal(home.read('workspaces', 'a1', 'file'), 'second\n')
    assert.equal(existsSync(home.file('workspaces', 'a1', 'sub', '.git')), false)
    assert.equal(existsSync(home.file('workspaces', 'a1', '.git', 'hooks', 'post-checkout')), false)
  })

  it('isn’t led into the repository that a git hook calls it from', async () => {
    const { code, stderr } = await home.run(['spawn', 'a1', '--from-git', origin, '--', 'true'], {
      env: { GIT_DIR: join(dir, 'elsewhere'), GIT_WORK_TREE: dir },
    })
    assert.equal(code, 0, stderr)
    assert.equal(home.read('workspaces', 'a1', 'file'), 'first\n')
  })

  it('names the nearest branch or tag for an unknown one, and leaves nothing', async () => {
    git(origin, 'branch', 'feature')
    const near = await spawn('a1', origin, '--ref', 'featrue')
    assert.equal(near.code, 2)
    assert.match(near.stderr, /no branch, tag or commit 'featrue'\n.*did you mean 'feature'/)
    const far = await spawn('a1', origin, '--ref', 'abcdef12')
    assert.match(far.stderr, /no branch, tag or commit 'abcdef12'\n.*it has: feature, main/)
    assert.deepEqual(left(), [])
  })

  it('refuses bad addresses and refs', async () => {
    for (const [args, message] of [
      [['--from-git', join(dir, 'nothing')], /can't be cloned/],
      [['--from-git', 'ext::sh -c true'], /names a command/],
      [['--from-git', ''], /needs an address/],
      [['--from-git', origin, '--ref', '--upload-pack=x'], /can't be a branch/],
      [['--ref', 'main'], /--from-git, which is missing/],
      [['--from-git', origin, '--from-dir', dir], /from-dir|from-git/],
    ] as const) {
      const { code, stderr } = await home.run(['spawn', 'a1', ...args, '--', 'true'])
      assert.notEqual(code, 0)
      assert.match(stderr, message)
    }
    assert.deepEqual(left(), [])
  })

  it('keeps the credentials of an address out of configuration, state, journal, errors and command lines', async () => {
    // In the command line of no other test that runs at the same time.
    const secret = `s3cret-${process.pid}`
    const asked: (string | undefined)[] = []
    const started: number[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization)
      started.push(...processesWith(secret))
      response
        .writeHead(request.headers.authorization ? 404 : 401, { 'www-authenticate': 'Basic realm=x' })
        .end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    // agentvm itself was given the address by its caller: only what it starts counts.
    const child = home.start([
      'spawn',
      'a1',
      '--from-git',
      `http://bob:${secret}@127.0.0.1:${port}/x`,
      '--',
      'true',
    ])
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    await new Promise((resolve) => child.on('close', resolve))
    server.close()
    assert.ok(asked.includes(`Basic ${Buffer.from(`bob:${secret}`).toString('base64')}`))
    assert.deepEqual([...new Set(started)], [child.pid])
    assert.match(stderr, /http:\/\/127\.0\.0\.1:\d+\/x can't be cloned/)
    assert.doesNotMatch(stderr, /s3cret/)
  })

  it('says what was wrong without asking for a password where there is no terminal', async () => {
    const server = createServer((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm=x' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { code, stderr } = await spawn('a1', `http://127.0.0.1:${port}/x`)
    server.close()
    assert.equal(code, 1)
    assert.match(stderr, /can't be cloned.*\n.*git's access/)
  })

  it('leaves no process and no file when it is interrupted, or killed, while it clones', async () => {
    const silent = createSocket()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const child = home.start(['spawn', 'a1', '--from-git', `git://127.0.0.1:${port}/x`, '--', 'true'], {
        env: { NODE_V8_COVERAGE: '' },
      })
      await until(() => processesWith(`git://127.0.0.1:${port}`).length > 1, 'git')
      child.kill(signal)
      await new Promise((resolve) => child.on('exit', resolve))
      await home.ok('list')
      await until(() => processesWith(`git://127.0.0.1:${port}`).length === 0, `the end of git by ${signal}`)
      assert.deepEqual(left(), [], signal)
    }
    silent.close()
  })
})
