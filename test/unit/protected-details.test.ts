import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { kindAt } from '../../src/policy/protect/look.ts'
import { makePlaceholders, removePlaceholders } from '../../src/policy/protect/placeholders.ts'
import { hostExecutedIn, type ProtectMode, protectedPaths } from '../../src/policy/protect/protected-paths.ts'

const file = (path: string, content = '') => ({ path, placeholder: { kind: 'file', content } as const })
const folder = (path: string) => ({ path, placeholder: { kind: 'folder' } as const })

/** All that host programs run of what lies in a folder, and what holds its place in strict mode. */
const KNOWN = [
  ...['.envrc', '.mise.toml', 'mise.toml', '.exrc', '.nvimrc', '.nvim.lua'].map((path) => file(path)),
  ...['.vscode', '.idea', '.zed', '.fleet', '.devcontainer', '.husky', '.lefthook'].map(folder),
  ...[file('.devcontainer.json', '{}\n'), file('.pre-commit-config.yaml'), file('lefthook.yml')],
  ...[file('.lefthook.yml'), file('.mcp.json', '{}\n'), file('.claude/settings.json', '{}\n')],
  ...['.claude/settings.local.json', '.cursor/mcp.json', '.cursor/hooks.json', '.gemini/settings.json'].map(
    (path) => file(path, '{}\n'),
  ),
  ...[file('.codex/config.toml'), file('opencode.json', '{}\n'), file('.aider.conf.yml')],
  ...['.claude/hooks', '.opencode', '.git'].map(folder),
]

describe('what is protected, in detail', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-protect-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const write = (path: string, content = '') => {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const repository = (path = '.git', config = '') => {
    write(`${path}/HEAD`, 'ref: refs/heads/main\n')
    write(`${path}/config`, config)
    mkdirSync(join(root, path, 'hooks'))
  }
  const find = (mode: ProtectMode = 'existing', existed = hostExecutedIn(root)) =>
    protectedPaths(root, existed, { mode, gitConfig: 'ro' })
  const kept = () => find().keep

  it('is in strict mode each known name, by what does no harm there', () => {
    assert.deepEqual(find('strict').make, KNOWN)
  })

  it('is of a repository what leads git nowhere else, empty or as it is without', () => {
    write('.git/HEAD')
    assert.deepEqual(find().make, [
      ...[folder('.git/hooks'), file('.git/commondir', '.\n')],
      ...[file('.git/config'), file('.git/config.worktree')],
    ])
    repository('.git/modules/a', '')
    write('.git/config', '[core] hooksPath = tools/hooks\n[include]\n\tPath = more\n')
    assert.deepEqual(find().make.slice(-2), [folder('tools/hooks'), file('.git/more')])
  })

  it('is not a name that was there and that the agent has removed', () => {
    assert.deepEqual(find('existing', ['.envrc', '.vscode']).make, [])
  })

  it('is where the configuration leads in the workspace, as git reads it, but for .git and the root', () => {
    repository('.git', 'hooksPath = first\n[core]\n\thooksPath = with comment # why\n\thooksPath = x~\n')
    for (const path of ['first', 'with comment', 'x~']) mkdirSync(join(root, path))
    assert.deepEqual(kept().slice(2).sort(), ['first', 'with comment', 'x~'])
    write(
      '.git/config',
      'hooksPath = .\nhooksPath = ./\nhooksPath = .git\nhooksPath = ..\nhooksPath = a/../../x\n',
    )
    assert.deepEqual(kept(), ['.git/hooks', '.git/config'])
  })

  it('names no path within another that is protected as a whole', () => {
    repository('.git', '[core]\n\thooksPath = .vscode/hooks\n')
    write('.vscode/hooks/pre-commit')
    write('.vscodex')
    assert.deepEqual(kept(), ['.vscode', '.git/hooks', '.git/config'])
  })

  it('is read of no configuration that is a link, or never ends', () => {
    write('elsewhere', '[core]\n\thooksPath = tools\n')
    mkdirSync(join(root, 'tools'))
    write('.git/HEAD')
    symlinkSync('../elsewhere', join(root, '.git/config'))
    assert.deepEqual(find(), { ...find(), keep: [], links: ['.git/config'] })
    rmSync(join(root, '.git/config'))
    execFileSync('mkfifo', [join(root, '.git/config')])
    assert.deepEqual(kept(), ['.git/config'])
  })

  it('is of submodules six folders deep, and of a hundred of them', () => {
    repository()
    repository('.git/modules/1/2/3/4/5/6')
    repository('.git/modules/a/2/3/4/5/6/7')
    const deep = kept().filter((path) => path.endsWith('/hooks'))
    assert.deepEqual(deep.sort(), ['.git/hooks', '.git/modules/1/2/3/4/5/6/hooks'])
    rmSync(join(root, '.git/modules'), { recursive: true })
    repository(`.git${'/modules/m'.repeat(6)}`)
    for (let depth = 1; depth < 6; depth += 1) write(`.git${'/modules/m'.repeat(depth)}/HEAD`)
    assert.ok(kept().includes(`.git${'/modules/m'.repeat(6)}/hooks`))
    rmSync(join(root, '.git/modules'), { recursive: true })
    for (let count = 0; count < 101; count += 1) repository(`.git/modules/m${count}`)
    assert.equal(kept().filter((path) => /modules\/m\d+\/hooks$/.test(path)).length, 100)
  })

  it('tells what lies at a path, and whether a link is on the way', () => {
    write('file')
    mkdirSync(join(root, 'folder/in'), { recursive: true })
    symlinkSync('folder', join(root, 'link'))
    execFileSync('mkfifo', [join(root, 'fifo')])
    const kinds = [
      'file',
      'folder',
      'link',
      'fifo',
      'none',
      'folder/in',
      'link/in',
      'file/in',
      'none/in',
      'fifo/in',
    ]
    assert.deepEqual(
      kinds.map((path) => kindAt(root, path)),
      ['file', 'folder', 'link', 'other', 'absent', 'folder', 'link', 'absent', 'absent', 'absent'],
    )
  })
})

describe('placeholders', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-placeholders-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const wanted = [file('.envrc'), folder('.vscode'), file('.claude/settings.json', '{}\n')]
  const at = (path: string) => join(root, path)

  it('are made for what isn’t there, and the folders on the way', () => {
    assert.deepEqual(makePlaceholders(root, wanted), [
      { root, path: '.envrc', content: '' },
      { root, path: '.vscode', content: null },
      { root, path: '.claude', content: null },
      { root, path: '.claude/settings.json', content: '{}\n' },
    ])
    const mode = (path: string) => statSync(at(path)).mode & 0o777 & ~process.umask()
    assert.deepEqual([mode('.vscode'), mode('.envrc')], [0o755 & ~process.umask(), 0o644 & ~process.umask()])
    assert.deepEqual(makePlaceholders(root, wanted), [])
  })

  it('are not made where nothing can be: in a file, or in a folder that is gone', () => {
    writeFileSync(at('.claude'), '')
    assert.deepEqual(makePlaceholders(root, [file('.claude/settings.json')]), [])
    assert.deepEqual(makePlaceholders(at('gone'), wanted), [])
  })

  it('stay where the agent has made something of them', () => {
    const made = makePlaceholders(root, wanted)
    writeFileSync(at('.claude/settings.json'), '[]\n')
    writeFileSync(at('.vscode/mine'), '')
    rmSync(at('.envrc'))
    mkdirSync(at('.envrc'))
    removePlaceholders(made)
    assert.deepEqual(readdirSync(root).sort(), ['.claude', '.envrc', '.vscode'])
    assert.deepEqual(readdirSync(at('.claude')), ['settings.json'])
    rmSync(at('.vscode'), { recursive: true })
    writeFileSync(at('.vscode'), 'a file now')
    rmSync(at('.claude/settings.json'))
    removePlaceholders(made)
    assert.deepEqual(readdirSync(root).sort(), ['.envrc', '.vscode'])
  })
})
