import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DiffReport } from '../../src/agents/diff/report.ts'
import { outcome, TestHome, until } from '../support/agentvm.ts'

describe('agentvm diff', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  /** What a shell script makes of the workspace `ws/<name>` as it lies there before the spawn. */
  const agent = async (name: string, script: string, seed: Record<string, string> = {}) => {
    for (const [path, content] of Object.entries(seed)) {
      mkdirSync(join(home.file('workspaces', name), path, '..'), { recursive: true })
      writeFileSync(home.file('workspaces', name, path), content)
    }
    await again(name, script)
  }
  const again = async (name: string, script: string) => {
    await home.ok('spawn', name, '--', 'sh', '-c', script)
    await home.ok('wait', name)
  }
  const hostGit = (name: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=a@b', ...args], {
      cwd: home.file('workspaces', name),
      encoding: 'utf8',
    })
  const diff = (name: string, ...flags: string[]) => home.json<DiffReport>('diff', name, ...flags)
  const files = (report: DiffReport) =>
    Object.fromEntries(report.files.map(({ path, status }) => [path, status]))
  const git = 'git init -q . && git config user.email a@b && git config user.name n &&'

  it('shows everything since the spawn, whether it has been committed or not', async () => {
    const numbers = (from: number) =>
      Array.from({ length: 30 }, (_, index) => `line ${from + index}\n`).join('')
    await agent('g', 'true', {
      committed: 'a\n',
      staged: 'a\n',
      unstaged: 'a\n',
      gone: 'a\n',
      run: 'x\n',
      same: 'a\n',
      old: numbers(0),
    })
    for (const args of [
      ['init', '-q', '.'],
      ['add', '.'],
      ['commit', '-qm', 'seed'],
    ])
      hostGit('g', ...args)
    // The first spawn of this name has had its baseline: start over with the repository as seed.
    await home.ok('clean', '--force')
    const trash = home.leftovers('trash')[0] ?? ''
    execFileSync('mv', [home.file(trash, 'workspace'), home.file('workspaces', 'g')])
    await again(
      'g',
      `export GIT_AUTHOR_NAME='An Agent' GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@d; echo b >>committed && git commit -qam 'a commit' &&
       echo b >>staged && git add staged && echo b >>unstaged && rm gone && chmod +x run && git mv old new &&
       echo end >>new && echo u >untracked && git checkout -q -b other && git commit -q --allow-empty -m 'another'`,
    )
    const report = await diff('g')
    assert.deepEqual(files(report), {
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
    await agent(
      'w',
      `${git} git add . && git commit -qm x && echo b >f && git commit -qam y && git reset -q --soft HEAD~1`,
      { f: 'a\n' },
    )
    assert.deepEqual(files(await diff('w')), { f: 'modified' })
    await again('w', 'rm -rf .git')
    const report = await diff('w')
    assert.deepEqual(files(report), { f: 'modified' })
    assert.equal(report.commits, null)
  })

  it('works without git, from an empty workspace on, and keeps its base over a restart', async () => {
    await agent('n', 'echo one >a')
    assert.ok(!existsSync(home.file('baselines')))
    const first = await diff('n')
    await again('n', 'echo two >b')
    const second = await diff('n')
    assert.deepEqual(files(second), { a: 'added', b: 'added' })
    assert.equal(second.since, first.since)
    assert.equal(await home.ok('diff', 'n', '--name-only'), 'a\nb\n')
    assert.match(
      await home.ok('diff', 'n', '--stat'),
      /^ a \| 1 added \+\n b \| 1 added \+\n 2 files changed, 2 added, 0 deleted\n$/,
    )
  })

  it('prints a patch that git apply takes, with odd names and bytes', async () => {
    await agent(
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
        join(import.meta.dirname, '../../bin/run.js'),
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
    await agent(
      'i',
      `${git} printf '*.log\\nout/\\n' >.gitignore && echo x >a.log && mkdir out && echo x >out/o && echo x >t.log && git add -f t.log`,
    )
    const { stderr, stdout } = await home.run(['diff', 'i', '--name-only'])
    assert.equal(stdout, '.gitignore\nt.log\n')
    assert.match(stderr, /2 ignored left out: --ignored shows them/)
    assert.equal(await home.ok('diff', 'i', '--name-only', '--ignored'), '.gitignore\na.log\nout/o\nt.log\n')
  })

  it('flags what host programs would execute, also where git ignores it', async () => {
    await agent(
      'f',
      `${git} mkdir .vscode sub && echo .vscode/ >.gitignore && echo x >.vscode/tasks.json && echo x >sub/.envrc &&
      echo x >.git/hooks/pre-commit && git config core.pager x`,
    )
    const { flagged } = await diff('f')
    assert.deepEqual(
      flagged.map(({ path }) => path),
      ['.git/config', '.git/hooks/pre-commit', '.vscode/tasks.json', 'sub/.envrc'],
    )
    assert.match(await home.ok('diff', 'f', '--stat'), /careful: \.git\/config: git obeys core\.pager\n/)
  })

  it('executes nothing that the agent has configured, and changes nothing in its workspace', async () => {
    const trap = home.file('executed')
    const touch = `touch ${trap}; touch trapped`
    const program = `printf '#!/bin/sh\\n${touch}\\n'`
    await agent(
      'evil',
      `${git} git add . && git commit -qm x && echo y >>f &&
       for k in core.fsmonitor diff.external core.pager core.sshCommand filter.x.clean filter.x.smudge filter.x.process diff.x.textconv diff.x.command gpg.program credential.helper core.askPass pager.diff pager.log core.editor alias.log alias.diff-tree alias.ls-files; do git config $k '${touch}; cat'; done &&
       git config log.showSignature true && git config core.hooksPath hooks && git config include.path evil.inc && git config includeIf.gitdir:/.path evil.inc && git config filter.x.required true &&
       printf '[core]\\n\\tfsmonitor = ${touch}\\n' >.git/evil.inc && printf '* filter=x diff=x -text binary\\n' >.gitattributes &&
       mkdir -p hooks .git/hooks && for h in post-index-change post-checkout reference-transaction pre-auto-gc; do ${program} >hooks/$h; ${program} >.git/hooks/$h; done; chmod +x hooks/* .git/hooks/* &&
       printf '[submodule "s"]\\n\\tpath = s\\n\\turl = ./s\\n\\tupdate = !${touch}\\n' >.gitmodules && git init -q s && (cd s && git config core.fsmonitor '${touch}' && git -c user.name=n -c user.email=e commit -q --allow-empty -m s) && git update-index --add --cacheinfo 160000,$(git -C s rev-parse HEAD),s;
       mkdir bare && cd bare && git init -q --bare . && git config core.fsmonitor '${touch}'; rm -f trapped ../trapped ../s/trapped; true`,
      { f: 'x\n' },
    )
    for (const flags of [[], ['--json'], ['--ignored', '--raw']]) {
      const { code, stderr } = await home.run(['diff', 'evil', ...flags])
      assert.equal(code, 0, stderr)
    }
    assert.equal(existsSync(trap), false)
    for (const folder of ['.', 's', 'bare'])
      assert.ok(!existsSync(home.file('workspaces', 'evil', folder, 'trapped')), folder)
    const report = await diff('evil')
    assert.equal(files(report)['bare/config'], 'added')
    // Its attributes call it binary.
    assert.equal(report.files.find(({ path }) => path === 'f')?.added, 1)
  })

  it('is not led out of the workspace by a repository that lies elsewhere', async () => {
    const outside = home.file('outside')
    execFileSync('git', ['init', '-q', outside])
    execFileSync('git', [
      '-C',
      outside,
      '-c',
      'user.name=n',
      '-c',
      'user.email=e',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'SECRET',
    ])
    await agent(
      'o',
      `echo 'gitdir: ${outside}/.git' >.git; ln -s /etc/passwd passwd; ln -s / root; mkfifo .gitignore; echo x >f`,
    )
    const { code, stdout, stderr } = await home.run(['diff', 'o'])
    assert.equal(code, 0)
    assert.doesNotMatch(stdout, /SECRET|root:x:0/)
    assert.match(stdout, /careful: \.git: git is led to another repository/)
    assert.match(stdout, /^\+\/etc\/passwd$/m)
    assert.match(stderr, /can't be read: no commits/)
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
    const report = await diff('s')
    assert.deepEqual(files(report), { a: 'modified', 'k.log': 'modified' })
    assert.deepEqual(report.commits, [])
    assert.deepEqual(files(await diff('s', '--ignored')), {
      a: 'modified',
      'k.log': 'modified',
      'n.log': 'added',
      'out/n': 'added',
    })
    assert.match(await home.ok('diff', 's'), /^ a\n dirty\n\+b$/m)
  })

  it('is silent about what agentvm itself puts into the workspace to keep the agent from it', async () => {
    await home.ok('spawn', 'strict', '--protect', 'strict', '--', 'sh', '-c', 'git init -q .; echo x >f; cat')
    await until(() => existsSync(home.file('workspaces', 'strict', 'f')), 'the file')
    assert.deepEqual(files(await diff('strict')), { f: 'added' })
    assert.deepEqual((await diff('strict')).flagged, [])
  })

  it('asks no repository where no sandbox works, but leaves out what the ignore files say, and executes nothing', async () => {
    const trap = home.file('executed')
    await agent(
      'bare',
      `${git} echo '*.log' >.gitignore && git add . && git commit -qm x && echo x >a.log && echo x >f && git config core.fsmonitor 'touch ${trap}; false' && git config core.excludesFile f && printf '#!/bin/sh\ntouch ${trap}\n' >.git/hooks/post-index-change && chmod +x .git/hooks/post-index-change`,
    )
    const tools = home.file('tools')
    mkdirSync(tools)
    for (const tool of ['git', 'sh', 'mkfifo']) {
      symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(tools, tool))
    }
    const { stdout, stderr } = await home.run(['diff', 'bare', '--name-only'], { env: { PATH: tools } })
    assert.equal(stdout, '.git/config\n.git/hooks/post-index-change\n.gitignore\nf\n')
    assert.match(stderr, /git repository can't be (asked safely without a sandbox|read): no commits\n/)
    assert.ok(!existsSync(trap))
  })

  it('keeps escapes of names, subjects and contents from the terminal', async () => {
    await agent(
      't',
      `${git} printf '\\033]0;x\\007\\n' >"$(printf 'n\\033[2J')" && git add . && git commit -qm "$(printf 's\\033[2J')"`,
    )
    for (const flags of [[], ['--stat'], ['--name-only']]) {
      const { stdout } = await home.run(['diff', 't', ...flags], { env: { FORCE_COLOR: '0' } })
      assert.ok(!/[\x1b\x07]/.test(stdout), stdout)
    }
  })

  it('tells by git, else by file times, what an agent without a baseline has changed', async () => {
    await agent(
      'old',
      `${git} git add . && GIT_COMMITTER_DATE=2020-01-01T00:00:00Z git commit -qm seed && echo b >g && git add g && git commit -qm x && echo c >>f && rm h`,
      { f: 'a\n', h: 'h\n' },
    )
    await agent('times', 'echo n >new; echo b >>f', { f: 'a\n' })
    for (const name of ['old', 'times']) {
      const state = home.file('state', `${name}.env`)
      const text = readFileSync(state, 'utf8').replace(/^AGENT_BASELINE=.*\n/m, '')
      writeFileSync(state, text.replace(/^AGENT_CREATED_AT=.*$/m, `AGENT_CREATED_AT='2021-01-01T00:00:00Z'`))
    }
    const old = await diff('old')
    assert.equal(old.base, 'git')
    assert.deepEqual(files(old), { f: 'modified', g: 'added', h: 'deleted' })
    assert.deepEqual(
      old.commits?.map(({ subject }) => subject),
      ['x'],
    )
    assert.match(await home.ok('diff', 'old'), / a\n\+c\n/)
    const times = await diff('times')
    assert.equal(times.base, 'file-times')
    assert.equal(files(times).new, 'added')
  })

  it('goes to the trash with its agent, and leaves nothing when a spawn fails', async () => {
    await agent('c', 'echo y >>f', { f: 'x\n' })
    assert.equal(home.leftovers('baselines').length, 1)
    await home.ok('clean', '--force')
    assert.deepEqual(home.leftovers('baselines'), [])
    assert.ok(existsSync(home.file(home.leftovers('trash')[0] ?? '', 'baseline', 'manifest')))
    mkdirSync(home.file('workspaces', 'bad'))
    writeFileSync(home.file('workspaces', 'bad', 'f'), 'x')
    assert.notEqual(
      (await home.run(['spawn', 'bad', '--', './missing'], { env: { TMPDIR: '/nowhere', PATH: '/nowhere' } }))
        .code,
      0,
    )
    assert.deepEqual(home.leftovers('baselines'), [])
  })

  it('leaves nothing of its baseline when the spawn is interrupted or killed while it is being taken', async () => {
    mkdirSync(home.file('workspaces', 'slow'), { recursive: true })
    writeFileSync(home.file('workspaces', 'slow', 'work'), 'x')
    for (let index = 0; index < 12; index += 1) {
      const path = home.file('workspaces', 'slow', `sparse${index}`)
      writeFileSync(path, '')
      truncateSync(path, 250 * 1024 * 1024)
    }
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGKILL', 137],
    ] as const) {
      const child = home.start(['spawn', 'slow', '--', 'true'])
      const ended = outcome(child)
      await until(() => home.leftovers('baselines').length > 0, 'the baseline')
      child.kill(signal)
      assert.equal((await ended).code, code)
      assert.deepEqual(await home.json('list'), [])
      assert.deepEqual(home.leftovers('baselines', 'homes', 'state'), [])
      assert.ok(existsSync(home.file('workspaces', 'slow', 'work')))
    }
  })

  it('says what is wrong: no such agent, no workspace', async () => {
    await agent('x', 'true')
    assert.match((await home.run(['diff', 'y'])).stderr, /there is no agent 'y'/)
    execFileSync('rm', ['-r', home.file('workspaces', 'x')])
    const gone = await home.run(['diff', 'x'])
    assert.equal(gone.code, 1)
    assert.match(gone.stderr, /the workspace of 'x' is gone/)
  })
})
