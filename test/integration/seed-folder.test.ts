import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { TestHome } from '../support/agentvm.ts'
import { git } from '../support/git.ts'

describe('agentvm spawn --from-dir', () => {
  let home: TestHome
  let dir: string
  let project: string
  beforeEach(() => {
    home = new TestHome()
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'agentvm-seed-')))
    project = join(dir, 'project')
    mkdirSync(project)
  })
  afterEach(async () => {
    await home.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  const put = (path: string, content = `${path}\n`, mode = 0o644) => {
    mkdirSync(join(project, path, '..'), { recursive: true })
    writeFileSync(join(project, path), content, { mode })
  }
  const repository = () => {
    git(project, 'init', '-q')
    put('file')
    git(project, 'add', '.')
    git(project, 'commit', '-qm', 'first')
  }
  const seed = async (name: string, from: string, script = 'true') => {
    const result = await home.run(['spawn', name, '--from-dir', from, '--', 'sh', '-c', script])
    assert.equal(result.code, 0, result.stderr)
    await home.ok('wait', name)
    return result
  }
  const copy = (name: string, ...path: string[]) => home.file('workspaces', name, ...path)

  it('copies everything, with modes, times and links, and goes after no link', async () => {
    put('run.sh', '#!/bin/sh\n', 0o755)
    put('locked/secret', 'x', 0o400)
    execFileSync('chmod', ['0555', join(project, 'locked')])
    const odd = Buffer.from('caf\xe9', 'latin1')
    writeFileSync(Buffer.concat([Buffer.from(`${project}/`), odd]), 'odd name')
    symlinkSync('/etc', join(project, 'out'))
    symlinkSync('missing', join(project, 'dangling'))
    mkdirSync(join(project, 'empty'))
    utimesSync(join(project, 'run.sh'), 1_000_000, 1_000_000)
    await seed('a1', project)
    assert.equal(statSync(copy('a1', 'run.sh')).mode & 0o777, 0o755)
    assert.equal(statSync(copy('a1', 'run.sh')).mtimeMs, 1_000_000_000)
    assert.equal(statSync(copy('a1', 'locked')).mode & 0o777, 0o555)
    assert.equal(readFileSync(copy('a1', 'locked', 'secret'), 'utf8'), 'x')
    assert.equal(readlinkSync(copy('a1', 'out')), '/etc')
    assert.equal(readlinkSync(copy('a1', 'dangling')), 'missing')
    assert.ok(existsSync(copy('a1', 'empty')))
    assert.ok(readdirSync(copy('a1'), { encoding: 'buffer' }).some((name) => name.equals(odd)))
  })

  it('leaves out what .agentvmignore names, by the rules of a .gitignore, but never half a repository', async () => {
    repository()
    git(project, 'branch', 'build')
    put('.agentvmignore', 'build\n*.log\n!keep.log\n/top\n')
    for (const path of ['build/out', 'a.log', 'keep.log', 'top/x', 'sub/top/x', 'sub/build/x']) put(path)
    await seed('a1', project, 'git rev-parse build')
    assert.deepEqual(readdirSync(copy('a1')).sort(), ['.agentvmignore', '.git', 'file', 'keep.log', 'sub'])
    assert.deepEqual(readdirSync(copy('a1', 'sub')), ['top'])
    assert.match(await home.ok('logs', 'a1'), new RegExp(git(project, 'rev-parse', 'build')))
  })

  it('leaves out the whole repository where .agentvmignore says so', async () => {
    repository()
    put('.agentvmignore', '.git/\n')
    await seed('a1', project)
    assert.equal(existsSync(copy('a1', '.git')), false)
  })

  it('skips sockets and FIFOs, and says so', async () => {
    execFileSync('mkfifo', [join(project, 'pipe')])
    const server = createServer().listen(join(project, 'socket'))
    put('file')
    const { stderr } = await seed('a1', project)
    server.close()
    assert.match(stderr, /aren't copied: pipe, socket|aren't copied: socket, pipe/)
    assert.deepEqual(readdirSync(copy('a1')), ['file'])
  })

  it('makes a repository of its own of a linked worktree: no commit comes to the user', async () => {
    repository()
    git(project, 'branch', 'feature')
    git(project, 'worktree', 'add', '-q', join(dir, 'tree'), 'feature')
    writeFileSync(join(dir, 'tree', 'file'), 'changed\n')
    const refs = git(project, 'for-each-ref')
    const { stderr } = await seed(
      'a1',
      join(dir, 'tree'),
      'git status --porcelain; git commit -qam second; git log --format=%s; git branch --show-current',
    )
    assert.match(stderr, /a repository of its own/)
    assert.equal((await home.ok('logs', 'a1')).trimEnd(), ' M file\nsecond\nfirst\nfeature')
    assert.equal(git(project, 'for-each-ref'), refs)
    assert.equal(git(project, 'log', '--all', '--format=%s'), 'first')
    assert.ok(lstatSync(copy('a1', '.git')).isDirectory())
  })

  it('does so for a worktree of a bare repository, and without a sandbox that would hide the original', async () => {
    repository()
    git(dir, 'clone', '-q', '--bare', project, 'bare.git')
    git(join(dir, 'bare.git'), 'worktree', 'add', '-q', join(dir, 'tree'))
    const name = git(join(dir, 'tree'), 'branch', '--show-current')
    const result = await home.run([
      ...['spawn', 'a1', '--sandbox', 'none', '--from-dir', join(dir, 'tree'), '--', 'sh', '-c'],
      'echo new >new && git add new && git -c user.name=a -c user.email=a@b commit -qm second && git log --format=%s',
    ])
    assert.equal(result.code, 0, result.stderr)
    await home.ok('wait', 'a1')
    assert.equal((await home.ok('logs', 'a1')).trim(), 'second\nfirst')
    assert.equal(git(join(dir, 'bare.git'), 'log', '--format=%s', name), 'first')
    assert.equal(git(copy('a1'), 'fsck', '--no-dangling'), '')
  })

  it('does so for a submodule, and keeps those that lie within the copied folder', async () => {
    repository()
    git(dir, 'init', '-q', 'super')
    const whole = join(dir, 'super')
    git(whole, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', project, 'sub')
    git(whole, 'commit', '-qm', 'super')
    const commit = 'echo new >new && git add new && git commit -qm second'
    await seed('part', join(whole, 'sub'), commit)
    await seed('whole', whole, `git submodule status && cd sub && ${commit} && git log --format=%s`)
    assert.equal(git(copy('part'), 'log', '--format=%s'), 'second\nfirst')
    assert.match(await home.ok('logs', 'whole'), /sub .*\nsecond\nfirst\n/)
    assert.equal(git(join(whole, 'sub'), 'log', '--all', '--format=%s'), 'first')
    assert.equal(git(whole, 'status', '--porcelain'), '')
  })

  it('does so where .git is a link, or links to another repository’s data', async () => {
    repository()
    mkdirSync(join(dir, 'linked'))
    symlinkSync(join(project, '.git'), join(dir, 'linked', '.git'))
    mkdirSync(join(dir, 'workdir', '.git'), { recursive: true })
    for (const name of ['objects', 'refs', 'config'])
      symlinkSync(join(project, '.git', name), join(dir, 'workdir', '.git', name))
    writeFileSync(join(dir, 'workdir', '.git', 'HEAD'), 'ref: refs/heads/main\n')
    for (const name of ['linked', 'workdir']) {
      await seed(name, join(dir, name), 'git commit -q --allow-empty -m second && git config user.x y')
      assert.equal(git(copy(name), 'log', '--format=%s'), 'second\nfirst')
    }
    assert.equal(git(project, 'log', '--all', '--format=%s'), 'first')
    assert.doesNotMatch(readFileSync(join(project, '.git', 'config'), 'utf8'), /x = y/)
  })

  it('brings objects over that the repository borrows from another', async () => {
    repository()
    git(dir, 'clone', '-q', '--shared', project, 'borrower')
    await seed('a1', join(dir, 'borrower'), 'git fsck --no-dangling && git log --format=%s')
    assert.match(await home.ok('logs', 'a1'), /first/)
    assert.equal(existsSync(copy('a1', '.git', 'objects', 'info', 'alternates')), false)
  })

  it('removes credentials from the copied configuration, and names them without the secret', async () => {
    repository()
    const config = (...args: string[]) => git(project, 'config', ...args)
    config('remote.origin.url', 'https://bob:s3cret@example.org/x.git')
    config('remote.ssh.url', 'git@example.org:x.git')
    config('http.extraheader', 'AUTHORIZATION: basic s3cret')
    config('credential.helper', '!echo password=s3cret')
    config('url.https://s3cret@example.org/.insteadOf', 'short:')
    config('alias.note', 'a "quoted" \\ value ; # here')
    const before = readFileSync(join(project, '.git', 'config'), 'utf8')
    const { stderr } = await seed('a1', project, 'git remote -v; git status -sb')
    const copied = readFileSync(copy('a1', '.git', 'config'), 'utf8')
    assert.doesNotMatch(copied + stderr + home.read('events.jsonl') + home.read('state', 'a1.env'), /s3cret/)
    for (const key of [
      'remote.origin.url',
      'http.extraheader',
      'credential.helper',
      'url.https://example.org/',
    ])
      assert.ok(stderr.includes(key), key)
    assert.equal(git(copy('a1'), 'config', 'remote.origin.url'), 'https://example.org/x.git')
    assert.equal(git(copy('a1'), 'config', 'remote.ssh.url'), 'git@example.org:x.git')
    assert.equal(git(copy('a1'), 'config', 'alias.note'), 'a "quoted" \\ value ; # here')
    assert.equal(readFileSync(join(project, '.git', 'config'), 'utf8'), before)
  })

  it('leaves a configuration without credentials byte for byte', async () => {
    repository()
    put('.git/config', `${readFileSync(join(project, '.git', 'config'), 'utf8')}# a comment\n`)
    await seed('a1', project)
    assert.equal(
      readFileSync(copy('a1', '.git', 'config'), 'utf8'),
      readFileSync(join(project, '.git', 'config'), 'utf8'),
    )
  })

  it('refuses a folder that is not there, is no folder, or shares a place with agentvm’s home', async () => {
    put('file')
    mkdirSync(home.path, { recursive: true })
    for (const [from, message] of [
      [join(dir, 'nothing'), /no folder/],
      [join(project, 'file'), /not a folder/],
      [join(home.path, '..'), /holds agentvm's own home/],
      [home.path, /lies in agentvm's own home/],
    ] as const) {
      const { code, stderr } = await home.run(['spawn', 'a1', '--from-dir', from, '--', 'true'])
      assert.equal(code, 2)
      assert.match(stderr, message)
    }
    assert.deepEqual(home.leftovers('workspaces', 'homes'), [])
  })

  it('refuses to mix a seed with the files of a dead agent, and seeds over an empty workspace', async () => {
    put('file')
    await home.ok('spawn', 'full', '--', 'sh', '-c', 'echo x >work')
    await home.ok('spawn', 'empty', '--', 'true')
    await home.ok('wait', 'full')
    await home.ok('wait', 'empty')
    const { code, stderr } = await home.run(['spawn', 'full', '--from-dir', project, '--', 'true'])
    assert.equal(code, 1)
    assert.match(stderr, /isn't empty.*\n.*agentvm clean full/)
    await seed('empty', project)
    assert.deepEqual(readdirSync(copy('empty')), ['file'])
  })

  it('keeps what it was seeded from, and shows it in a dry run', async () => {
    put('file')
    const plan = await home.json<{ from_dir: string }>(
      'spawn',
      'a1',
      '--from-dir',
      project,
      '--dry-run',
      '--',
      'true',
    )
    assert.equal(plan.from_dir, project)
    assert.deepEqual(home.leftovers('workspaces'), [])
    await seed('a1', project)
    assert.match(home.read('state', 'a1.env'), new RegExp(`^AGENT_FROM_DIR='${project}'$`, 'm'))
  })

  it('serves run as well', async () => {
    put('file', 'content\n')
    const { stdout } = await home.run(['run', '--from-dir', project, '--', 'cat', 'file'])
    assert.equal(stdout, 'content\n')
    assert.deepEqual(home.leftovers('workspaces', 'state'), [])
  })

  it('leaves nothing behind when it fails or is interrupted half-way', async () => {
    for (let folder = 0; folder < 40; folder += 1) {
      mkdirSync(join(project, `d${folder}`))
      for (let file = 0; file < 100; file += 1) writeFileSync(join(project, `d${folder}`, `f${file}`), 'x')
    }
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const child = home.start(['spawn', 'a1', '--from-dir', project, '--', 'sleep', '2500'], {
        env: { NODE_V8_COVERAGE: '' },
      })
      const ended = once(child, 'exit')
      while (!existsSync(copy('a1', 'd0')) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 2))
      child.kill(signal)
      await ended
      const rows = await home.json<AgentRow[]>('list')
      if (rows.length > 0) await home.ok('purge', '--force')
      // What agentvm knows of the machine's sandbox is no agent's.
      const left = home.leftovers('workspaces', 'homes', 'run', 'state')
      assert.deepEqual(
        left.filter((path) => path !== 'run/self-tests.json'),
        [],
        signal,
      )
    }
    put('.git/config', '[broken')
    put('.git/HEAD', 'ref: refs/heads/main\n')
    mkdirSync(join(project, '.git', 'objects'))
    const { code, stderr } = await home.run(['spawn', 'a1', '--from-dir', project, '--', 'true'])
    assert.equal(code, 1)
    assert.match(stderr, /git can't read \.git\/config/)
    assert.deepEqual(home.leftovers('workspaces', 'homes', 'run', 'state'), [])
  })
})

describe("an agent's git identity", () => {
  it('is its own in /workspace and in its home, unless it has set another', async () => {
    const home = new TestHome()
    try {
      const script = 'git init -q . && git commit -q --allow-empty -m x && git log --format="%an <%ae>"'
      await home.ok('spawn', 'a1', '--', 'sh', '-c', script)
      await home.ok('wait', 'a1')
      assert.match(await home.ok('logs', 'a1'), /^a1 <a1@agentvm\.local>$/m)
      await home.ok(
        'spawn',
        'a1',
        '--',
        'sh',
        '-c',
        'git config --global user.name other; ln -sf /etc/x ~/.y',
      )
      await home.ok('wait', 'a1')
      await home.ok('spawn', 'a1', '--', 'sh', '-c', 'git config user.name')
      await home.ok('wait', 'a1')
      assert.match(await home.ok('logs', 'a1'), /^other$/m)
    } finally {
      await home.remove()
    }
  })
})
