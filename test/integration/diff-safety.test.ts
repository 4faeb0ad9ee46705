import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/agentvm.ts'
import { DiffHome, GIT, statuses } from '../support/diff.ts'

describe('agentvm diff, of an agent that means harm,', () => {
  let home: DiffHome
  beforeEach(() => {
    home = new DiffHome()
  })
  afterEach(() => home.remove())

  it('flags what host programs would execute, also where git ignores it', async () => {
    await home.agent(
      'f',
      `${GIT} mkdir .vscode sub && echo .vscode/ >.gitignore && echo x >.vscode/tasks.json && echo x >sub/.envrc &&
      echo x >.git/hooks/pre-commit && git config core.pager x`,
    )
    const { flagged } = await home.diff('f')
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
    await home.agent(
      'evil',
      `${GIT} git add . && git commit -qm x && echo y >>f &&
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
    const report = await home.diff('evil')
    assert.equal(statuses(report)['bare/config'], 'added')
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
    await home.agent(
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

  it('is silent about what agentvm itself puts into the workspace to keep the agent from it', async () => {
    await home.ok('spawn', 'strict', '--protect', 'strict', '--', 'sh', '-c', 'git init -q .; echo x >f; cat')
    await until(() => existsSync(home.file('workspaces', 'strict', 'f')), 'the file')
    assert.deepEqual(statuses(await home.diff('strict')), { f: 'added' })
    assert.deepEqual((await home.diff('strict')).flagged, [])
  })

  it('asks no repository where no sandbox works, but leaves out what the ignore files say, and executes nothing', async () => {
    const trap = home.file('executed')
    await home.agent(
      'bare',
      `${GIT} echo '*.log' >.gitignore && git add . && git commit -qm x && echo x >a.log && echo x >f && git config core.fsmonitor 'touch ${trap}; false' && git config core.excludesFile f && printf '#!/bin/sh\ntouch ${trap}\n' >.git/hooks/post-index-change && chmod +x .git/hooks/post-index-change`,
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
    await home.agent(
      't',
      `${GIT} printf '\\033]0;x\\007\\n' >"$(printf 'n\\033[2J')" && git add . && git commit -qm "$(printf 's\\033[2J')"`,
    )
    for (const flags of [[], ['--stat'], ['--name-only']]) {
      const { stdout } = await home.run(['diff', 't', ...flags], { env: { FORCE_COLOR: '0' } })
      assert.ok(!/[\x1b\x07]/.test(stdout), stdout)
    }
  })
})
