import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changeDigest } from '../../src/workspace/baseline/change-digest.ts'
import { headCommit } from '../../src/workspace/head-commit.ts'
import { RepositoryView } from '../../src/workspace/repository-view.ts'
import { git } from '../support/git.ts'

describe('what a run came to', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-came-to-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const commit = (message: string) => {
    writeFileSync(join(folder, message), message)
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', message)
    return git(folder, 'rev-parse', 'HEAD')
  }

  it('is the commit of HEAD, on a branch, packed, detached, or none yet', () => {
    assert.deepEqual(headCommit(folder), { commit: null, reason: 'no repository' })
    git(folder, 'init', '-q')
    assert.deepEqual(headCommit(folder), { commit: null, reason: 'no commit' })
    const first = commit('first')
    assert.equal(headCommit(folder).commit, first)
    git(folder, 'branch', 'x/main')
    git(folder, 'pack-refs', '--all')
    assert.equal(headCommit(folder).commit, first)
    git(folder, 'checkout', '-q', '--detach')
    assert.equal(headCommit(folder).commit, first)
  })

  it('is never read through a link, out of the repository, or from a FIFO', () => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, `${'a'.repeat(40)}\n`)
    const repo = join(folder, 'repo')
    mkdirSync(join(repo, '.git/refs/heads'), { recursive: true })
    for (const head of ['ref: refs/heads/../../../../secret\n', 'ref: /etc/passwd\n', 'x'.repeat(10_000)]) {
      writeFileSync(join(repo, '.git/HEAD'), head)
      assert.equal(headCommit(repo).commit, null, head.slice(0, 50))
    }
    writeFileSync(join(repo, '.git/HEAD'), 'ref: refs/heads/main\n')
    symlinkSync(secret, join(repo, '.git/refs/heads/main'))
    assert.equal(headCommit(repo).commit, null)
    rmSync(join(repo, '.git/HEAD'))
    execFileSync('mkfifo', [join(repo, '.git/HEAD')])
    assert.deepEqual(headCommit(repo), { commit: null, reason: 'unreadable' })
    rmSync(join(repo, '.git'), { recursive: true })
    symlinkSync(folder, join(repo, '.git'))
    assert.deepEqual(headCommit(repo), { commit: null, reason: 'another repository' })
  })

  it('is one hash of what differs from the baseline, the same for the same, and none if that is too much', () => {
    const empty = { takenAt: '', finishedMs: 0, git: null, chunks: [], entries: [] }
    assert.equal(changeDigest(folder, empty).files, 0)
    writeFileSync(join(folder, 'a'), 'one')
    mkdirSync(join(folder, 'deep/.git'), { recursive: true })
    writeFileSync(join(folder, 'deep/.git/config'), 'a repository is told by its commit')
    symlinkSync('/etc/passwd', join(folder, 'deep/link'))
    const before = changeDigest(folder, empty)
    assert.equal(before.files, 2)
    assert.deepEqual(changeDigest(folder, empty), before)
    chmodSync(join(folder, 'a'), 0o755)
    const executable = changeDigest(folder, empty)
    assert.notEqual(executable.sha256, before.sha256)
    writeFileSync(join(folder, 'a'), 'two')
    assert.notEqual(changeDigest(folder, empty).sha256, executable.sha256)
    const small = { entries: 3, bytes: 1000 }
    assert.equal(changeDigest(folder, empty, small).reason, 'too large')
    assert.equal(changeDigest(folder, empty, { entries: 100, bytes: 2 }).reason, 'too large')
    assert.equal(changeDigest(join(folder, 'gone'), empty).reason, 'unreadable')
  })
})

describe('a view of a repository', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-view-test-'))
    git(folder, 'init', '-q')
    writeFileSync(join(folder, 'x'), 'x')
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', 'first')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('executes nothing that is configured in it, when it is read and when notes are written', async () => {
    const proof = join(folder, 'executed')
    const program = join(folder, 'program')
    writeFileSync(program, `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 })
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'gpg.ssh.program',
      'core.sshCommand',
      'diff.external',
    ]) {
      git(folder, 'config', key, program)
    }
    git(folder, 'config', 'core.hooksPath', join(folder, 'hooks'))
    mkdirSync(join(folder, 'hooks'))
    for (const hook of ['reference-transaction', 'post-commit', 'pre-auto-gc']) {
      symlinkSync(program, join(folder, 'hooks', hook))
      symlinkSync(program, join(folder, '.git/hooks', hook))
    }
    const head = git(folder, '-c', 'core.hooksPath=/dev/null', 'rev-parse', 'HEAD')
    await RepositoryView.with(folder, async (view) => {
      assert.equal(await view.commit('HEAD'), head)
      assert.deepEqual(await view.range('HEAD', 10), [head])
      await view.writeNotes('refs/notes/agentvm', new Map([[head, 'a note\n']]))
      assert.deepEqual(await view.notes('refs/notes/agentvm'), new Map([[head, 'a note\n']]))
      assert.equal(await view.commit('--output=x'), undefined)
      assert.equal(await view.range('--output=x', 10), undefined)
    })
    assert.throws(() => execFileSync('ls', [proof], { stdio: 'ignore' }))
  })

  it('is had of linked worktrees, bare ones, folders inside, and repositories with SHA-256', async () => {
    const head = git(folder, 'rev-parse', 'HEAD')
    git(folder, 'worktree', 'add', '-q', join(folder, 'tree'))
    git(folder, 'clone', '-q', '--bare', folder, join(folder, 'bare'))
    mkdirSync(join(folder, 'inside'))
    for (const place of ['tree', 'bare', 'inside']) {
      assert.equal(await RepositoryView.with(join(folder, place), (view) => view.commit('HEAD')), head, place)
    }
    const other = mkdtempSync(join(tmpdir(), 'agentvm-sha256-'))
    try {
      git(other, 'init', '-q', '--object-format=sha256')
      git(other, 'commit', '-q', '--allow-empty', '-m', 'x')
      const name = await RepositoryView.with(other, (view) => view.commit('HEAD'))
      assert.equal(name, git(other, 'rev-parse', 'HEAD'))
    } finally {
      rmSync(other, { recursive: true, force: true })
    }
    await assert.rejects(
      RepositoryView.with(tmpdir(), async () => {}),
      /lies in no git repository/,
    )
  })

  it('writes nothing through a link, which an agent could have made', async () => {
    rmSync(join(folder, '.git/refs/notes'), { recursive: true, force: true })
    symlinkSync(folder, join(folder, '.git/refs/notes'))
    await assert.rejects(
      RepositoryView.with(folder, (view) => view.writeNotes('refs/notes/agentvm', new Map())),
      /is a link: nothing is written through it/,
    )
  })
})
