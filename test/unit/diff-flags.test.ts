import assert from 'node:assert/strict'
import { executingKeys } from '../../src/agents/diff/git-config.ts'
import { hostExecutedBy, isConfiguration } from '../../src/agents/diff/host-executed.ts'
import { HOST_EXECUTED } from '../../src/policy/protect/host-executed.ts'

describe('the keys of a git configuration that can make git execute something', () => {
  it('are none in what git and its users write every day', () => {
    const everyday = `# made by git
[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
[user]
	name = "A # B"
	email = a@b
[remote "origin"]
	url = https://example.org/x.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "feature/x"]
	remote = origin
	merge = refs/heads/x
[pull] rebase = true
[submodule "lib"]
	active = true
	url = ../lib.git
`
    assert.deepEqual(executingKeys(everyday), [])
  })

  const cases: Record<string, string> = {
    '[core]\nfsmonitor = x': 'core.fsmonitor',
    '[CORE]\n\tFSMonitor=x': 'core.fsmonitor',
    '[core] hooksPath = /tmp': 'core.hookspath',
    '[core]\n\tpager = x': 'core.pager',
    '[core]\n\tsshCommand = x': 'core.sshcommand',
    '[core]\n\tworktree = /home': 'core.worktree',
    '[diff]\n\texternal = x': 'diff.external',
    '[diff "x"]\n\ttextconv = x': 'diff.x.textconv',
    '[filter "x"]\n\tclean = x': 'filter.x.clean',
    '[alias]\n\tst = !x': 'alias.st',
    '[include]\n\tpath = x': 'include.path',
    '[includeIf "gitdir:/"]\n\tpath = x': 'includeif.gitdir:/.path',
    '[gpg]\n\tprogram = x': 'gpg.program',
    '[credential]\n\thelper = x': 'credential.helper',
    '[submodule "x"]\n\tupdate = !x': 'submodule.x.update',
    '[remote "x"]\n\turl = ext::sh -c x': 'remote.x.url',
    '[remote "x"]\n\tuploadpack = x': 'remote.x.uploadpack',
    '[user]\n\tname = a\\\n[core]\n\tfsmonitor = x': 'user.name',
    '[uploadpack]\n\tpackObjectsHook = x': 'uploadpack.packobjectshook',
  }
  for (const [config, key] of Object.entries(cases)) {
    it(`are found: ${JSON.stringify(config)}`, () => assert.equal(executingKeys(config)[0], key))
  }
})

describe('a git configuration that is made to take for ever', () => {
  it('is told from a harmless one at once', () => {
    assert.deepEqual(executingKeys(`[a${' '.repeat(4_000_000)}x`), ['a very long line'])
    assert.equal(executingKeys(`[a${' '.repeat(4000)}\n`.repeat(500)).length, 1)
    assert.equal(executingKeys(`[remote "${'.'.repeat(3000)}"]\nurl = x\n`.repeat(500)).length, 0)
  })
})

describe('a changed file', () => {
  const reason = (path: string, text = '', options: { isSymlink?: boolean; others?: string[] } = {}) =>
    hostExecutedBy({
      path,
      isSymlink: options.isSymlink ?? false,
      text: () => text,
      exists: (other) => (options.others ?? []).includes(other),
    })

  it('is flagged if host programs run what it says, at any depth', () => {
    for (const path of [
      ...[
        '.envrc',
        'a/b/.envrc',
        '.vscode/tasks.json',
        '.vscode',
        '.mcp.json',
        '.claude/settings.local.json',
      ],
      ...[
        '.claude/hooks/x.sh',
        '.husky/pre-commit',
        '.pre-commit-config.yaml',
        '.idea/workspace.xml',
        'mise.toml',
      ],
      ...[
        '.git/hooks/pre-commit',
        'sub/.git/hooks/post-checkout',
        '.git/modules/x/hooks/y',
        '.cargo/config.toml',
      ],
    ]) {
      assert.ok(reason(path), path)
    }
  })

  it('is flagged if it is what agents are kept from changing', () => {
    for (const { path, placeholder } of HOST_EXECUTED) {
      assert.ok(reason(placeholder.kind === 'folder' ? `a/${path}/x` : `a/${path}`), path)
      assert.ok(reason(path), path)
    }
  })

  it('is not flagged if it only looks like it', () => {
    for (const path of [
      'envrc',
      'src/.envrc.md',
      'vscode/x',
      'claude/settings.json',
      'config',
      'git/hooks/x',
    ]) {
      assert.equal(reason(path), undefined, path)
    }
  })

  it('is flagged if it leads git out of the workspace or to something that poses as a repository', () => {
    assert.ok(reason('.git', '', { isSymlink: true }))
    assert.ok(reason('.git', 'gitdir: /tmp/evil\n'))
    assert.ok(reason('.git', 'gitdir: ../../evil\n'))
    assert.ok(reason('.git', 'gitdir: evil\n'))
    assert.ok(reason('.git/commondir', '/tmp/evil\n'))
    assert.equal(reason('lib/.git', 'gitdir: ../.git/modules/lib\n'), undefined)
    assert.equal(reason('.git/worktrees/w/commondir', '../..\n'), undefined)
  })

  it('is flagged if it configures a bare repository to execute something', () => {
    assert.ok(reason('bare/config', '[core]\n\tfsmonitor = x\n', { others: ['bare/HEAD'] }))
    assert.equal(reason('bare/config', '[core]\n\tbare = true\n', { others: ['bare/HEAD'] }), undefined)
    assert.equal(reason('app/config', 'fsmonitor = x\n'), undefined)
  })

  it('is looked at although it is ignored, with its folder', () => {
    assert.ok(isConfiguration('.vscode/'))
    assert.ok(isConfiguration('.vscode/tasks.json'))
    assert.ok(!isConfiguration('node_modules/'))
  })
})
