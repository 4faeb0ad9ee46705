import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DiffHome, GIT, statuses } from '../support/diff.ts'

describe('agentvm diff', () => {
  let home: DiffHome
  beforeEach(() => {
    home = new DiffHome()
  })
  afterEach(() => home.remove())

  it('shows everything since the spawn, whether it has been committed or not', async () => {
    const numbers = (from: number) =>
      Array.from({ length: 30 }, (_, index) => `line ${from + index}\n`).join('')
    home.seed('g', {
      ...{ committed: 'a\n', staged: 'a\n', unstaged: 'a\n', gone: 'a\n', run: 'x\n', same: 'a\n' },
      old: numbers(0),
    })
    home.git('g', 'init', '-q', '.')
    home.git('g', 'add', '.')
    home.git('g', 'commit', '-qm', 'seed')
    await home.agent(
      'g',
      `export GIT_AUTHOR_NAME='An Agent' GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@d; echo b >>committed && git commit -qam 'a commit' &&
       echo b >>staged && git add staged && echo b >>unstaged && rm gone && chmod +x run && git mv old new &&
       echo end >>new && echo u >untracked && git checkout -q -b other && git commit -q --allow-empty -m 'another'`,
    )
    const report = await home.diff('g')
    assert.deepEqual(statuses(report), {
      committed: 'modified',
      gone: 'deleted',
      new: 'renamed',
      run: 'modified',
      staged: 'modified',
      unstaged: 'modified',
      untracked: 'added',
    })
    assert.equal(report.base, 'spawn')
    const renamed = report.files.find(({ path }) => path === 'new')
    assert.deepEqual([renamed?.old_path, renamed?.added, renamed?.deleted], ['old', 1, 0])
    const run = report.files.find(({ path }) => path === 'run')
    assert.deepEqual([run?.old_mode, run?.new_mode, run?.added], ['100644', '100755', 0])
    assert.deepEqual(
      report.commits?.map(({ subject, author }) => `${subject} by ${author}`),
      ['another by An Agent', 'a commit by An Agent'],
    )
    assert.deepEqual([report.added, report.deleted], [5, 1])
    const patch = await home.ok('diff', 'g')
    assert.match(patch, /^commit [0-9a-f]{12} another \(An Agent\)\n/)
    assert.match(patch, /diff --git a\/old b\/new\nsimilarity index \d+%\nrename from old\nrename to new\n/)
    assert.match(patch, /diff --git a\/run b\/run\nold mode 100644\nnew mode 100755\n/)
    assert.match(patch, /--- a\/committed\n\+\+\+ b\/committed\n@@ -1 \+1,2 @@\n a\n\+b\n/)
  })

  it('is not fooled by a rewritten history or a removed repository', async () => {
    await home.agent(
      'w',
      `${GIT} git add . && git commit -qm x && echo b >f && git commit -qam y && git reset -q --soft HEAD~1`,
      { f: 'a\n' },
    )
    assert.deepEqual(statuses(await home.diff('w')), { f: 'modified' })
    await home.agent('w', 'rm -rf .git')
    const report = await home.diff('w')
    assert.deepEqual(statuses(report), { f: 'modified' })
    assert.equal(report.commits, null)
  })

  it('works without git, from an empty workspace on, and keeps its base over a restart', async () => {
    await home.agent('n', 'echo one >a')
    assert.ok(!existsSync(home.file('baselines')))
    const first = await home.diff('n')
    await home.agent('n', 'echo two >b')
    const second = await home.diff('n')
    assert.deepEqual(statuses(second), { a: 'added', b: 'added' })
    assert.equal(second.since, first.since)
    assert.equal(await home.ok('diff', 'n', '--name-only'), 'a\nb\n')
    assert.match(
      await home.ok('diff', 'n', '--stat'),
      /^ a \| 1 added \+\n b \| 1 added \+\n 2 files changed, 2 added, 0 deleted\n$/,
    )
  })

  it('prints a patch that git apply takes, with odd names and bytes', async () => {
    await home.agent(
      'p',
      `rm gone; printf 'b\\r\\n\\033[31m\\377\\n' >f; mkdir 'a b'; echo x >'a b/"q"'; printf 'ü\\n' >ü; mv old 'new name'`,
      {
        f: 'a\r\n',
        gone: 'x\n',
        old: 'some text\n'.repeat(20),
      },
    )
    const { stdout } = await home.run(['diff', 'p'])
    assert.ok(!stdout.includes('\x1b'))
    assert.match(stdout, /\^\[\[31m/)
    const target = home.file('target')
    mkdirSync(target)
    for (const [path, content] of Object.entries({
      f: 'a\r\n',
      gone: 'x\n',
      old: 'some text\n'.repeat(20),
    })) {
      writeFileSync(join(target, path), content)
    }
    execFileSync(
      'sh',
      [
        '-c',
        `"$0" "$1" diff p --raw | git apply`,
        process.execPath,
        join(import.meta.dirname, '../../bin/run.cjs'),
      ],
      {
        cwd: target,
        env: { ...process.env, AGENTVM_HOME: home.path },
      },
    )
    assert.equal(
      execFileSync('sh', ['-c', 'diff -r "$0" "$1"', target, home.file('workspaces', 'p')], {
        encoding: 'utf8',
      }),
      '',
    )
  })

  it('leaves out what git ignores, says so, and shows it on request', async () => {
    await home.agent(
      'i',
      `${GIT} printf '*.log\\nout/\\n' >.gitignore && echo x >a.log && mkdir out && echo x >out/o && echo x >t.log && git add -f t.log`,
    )
    const { stderr, stdout } = await home.run(['diff', 'i', '--name-only'])
    assert.equal(stdout, '.gitignore\nt.log\n')
    assert.match(stderr, /2 ignored left out: --ignored shows them/)
    assert.equal(await home.ok('diff', 'i', '--name-only', '--ignored'), '.gitignore\na.log\nout/o\nt.log\n')
  })

  it('compares with the seed as it was, uncommitted changes of the user and all', async () => {
    const source = home.file('..', 'source')
    mkdirSync(join(source, 'out'), { recursive: true })
    for (const [path, text] of Object.entries({
      '.gitignore': 'out/\n*.log\n',
      a: 'a\n',
      'out/o': 'o\n',
      'k.log': 'k\n',
    })) {
      writeFileSync(join(source, path), text)
    }
    execFileSync(
      'sh',
      [
        '-c',
        'git init -q . && git add -f .gitignore a k.log && git -c user.name=n -c user.email=e commit -qm x && echo dirty >>a',
      ],
      { cwd: source },
    )
    await home.ok(
      'spawn',
      's',
      '--from-dir',
      source,
      '--',
      'sh',
      '-c',
      'echo b >>a; echo b >>k.log; echo n >out/n; echo n >n.log',
    )
    await home.ok('wait', 's')
    const report = await home.diff('s')
    assert.deepEqual(statuses(report), { a: 'modified', 'k.log': 'modified' })
    assert.deepEqual(report.commits, [])
    assert.deepEqual(statuses(await home.diff('s', '--ignored')), {
      a: 'modified',
      'k.log': 'modified',
      'n.log': 'added',
      'out/n': 'added',
    })
    assert.match(await home.ok('diff', 's'), /^ a\n dirty\n\+b$/m)
  })

  it('says what is wrong: no such agent, no workspace', async () => {
    await home.agent('x', 'true')
    assert.match((await home.run(['diff', 'y'])).stderr, /there is no agent 'y'/)
    execFileSync('rm', ['-r', home.file('workspaces', 'x')])
    const gone = await home.run(['diff', 'x'])
    assert.equal(gone.code, 1)
    assert.match(gone.stderr, /the workspace of 'x' is gone/)
  })
})
