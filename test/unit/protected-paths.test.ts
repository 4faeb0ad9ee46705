import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HOST_EXECUTED } from '../../src/policy/protect/host-executed.ts'
import { makePlaceholders, removePlaceholders } from '../../src/policy/protect/placeholders.ts'
import { hostExecutedIn, type ProtectMode, protectedPaths } from '../../src/policy/protect/protected-paths.ts'

describe('what is kept from an agent of what host programs run', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'agentvm-protect-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const write = (path: string, content = '') => {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const repository = (folder = '.git', config = '[core]\n\tbare = false\n') => {
    write(`${folder}/HEAD`, 'ref: refs/heads/main\n')
    write(`${folder}/config`, config)
    mkdirSync(join(root, folder, 'hooks'))
  }
  const find = (options: { existed?: string[]; mode?: ProtectMode; gitConfig?: 'ro' | 'rw' } = {}) => {
    const { existed = hostExecutedIn(root), mode = 'existing', gitConfig = 'ro' } = options
    const { keep, make, links } = protectedPaths(root, existed, { mode, gitConfig })
    return { keep: keep.sort(), make: make.map(({ path }) => path).sort(), links }
  }

  it('is nothing in an empty workspace', () => {
    assert.deepEqual(find(), { keep: [], make: [], links: [] })
  })

  it('is each known name that was there', () => {
    write('.envrc')
    write('.vscode/tasks.json')
    write('.claude/settings.json', '{}')
    write('src/.envrc')
    assert.deepEqual(find().keep, ['.claude/settings.json', '.envrc', '.vscode'])
  })

  it('is hooks and configuration of its repository, and the file that could lead git elsewhere', () => {
    repository()
    assert.deepEqual(find(), {
      keep: ['.git/config', '.git/hooks'],
      make: ['.git/commondir', '.git/config.worktree'],
      links: [],
    })
    assert.deepEqual(find({ gitConfig: 'rw' }), { keep: ['.git/hooks'], make: ['.git/commondir'], links: [] })
  })

  it('is .git itself where it is a file, as in a linked worktree', () => {
    write('.git', 'gitdir: /elsewhere\n')
    assert.deepEqual(find().keep, ['.git'])
  })

  it('is not what the agent has made since: a repository of its own is its own', () => {
    repository()
    write('.envrc')
    assert.deepEqual(find({ existed: [] }), { keep: [], make: [], links: [] })
    assert.deepEqual(find({ existed: ['.envrc'] }).keep, ['.envrc'])
  })

  it('is the same for its submodules, at any depth', () => {
    repository()
    repository('.git/modules/lib')
    repository('.git/modules/deep/er')
    repository('.git/modules/lib/modules/inner')
    const { keep } = find()
    for (const folder of ['lib', 'deep/er', 'lib/modules/inner']) {
      assert.ok(keep.includes(`.git/modules/${folder}/config`), folder)
      assert.ok(keep.includes(`.git/modules/${folder}/hooks`), folder)
    }
  })

  it('is where the configuration leads, within the workspace only', () => {
    repository(
      '.git',
      '[core]\n\thooksPath = ./tools/hooks/\n[include]\n\tpath = "../.gitconfig"\n\tpath = /etc/x\n\tpath = ~/x\n\tpath = ../../x\n',
    )
    write('tools/hooks/pre-commit')
    const { keep, make } = find()
    assert.ok(keep.includes('tools/hooks'))
    assert.ok(make.includes('.gitconfig'))
    assert.ok([...keep, ...make].every((path) => !path.includes('..') && !path.includes('etc')))
  })

  it('never follows a symlink, and says which', () => {
    write('elsewhere/settings.json')
    write('elsewhere/hooks/x')
    symlinkSync('elsewhere', join(root, '.claude'))
    symlinkSync('/etc/passwd', join(root, '.envrc'))
    write('.git/HEAD')
    write('.git/config')
    symlinkSync('../elsewhere/hooks', join(root, '.git/hooks'))
    const { keep, links } = find()
    assert.deepEqual(keep, ['.git/config'])
    assert.deepEqual(
      links.sort(),
      [
        '.claude/hooks',
        '.claude/settings.json',
        '.claude/settings.local.json',
        '.envrc',
        '.git/hooks',
      ].sort(),
    )
  })

  it('reports a .git that is a symlink', () => {
    repository('real')
    symlinkSync('real', join(root, '.git'))
    assert.deepEqual(find(), { keep: [], make: [], links: ['.git'] })
  })

  it('is everything known in strict mode, there or not', () => {
    const { keep, make } = find({ mode: 'strict' })
    assert.deepEqual(keep, [])
    assert.deepEqual(make, [...HOST_EXECUTED.map(({ path }) => path), '.git'].sort())
    repository()
    assert.deepEqual(find({ mode: 'strict', existed: [] }).keep, ['.git/config', '.git/hooks'])
  })

  it('is nothing in mode off', () => {
    repository()
    write('.envrc')
    assert.deepEqual(find({ mode: 'off' }), { keep: [], make: [], links: [] })
  })

  it('is held by placeholders, which are removed unless they were changed', () => {
    const wanted = HOST_EXECUTED.filter(({ path }) => /^\.(envrc|vscode|mcp\.json|claude)/.test(path))
    write('.envrc', 'mine')
    const made = makePlaceholders(root, wanted)
    assert.deepEqual(
      made.map(({ path }) => path),
      [
        '.vscode',
        '.mcp.json',
        '.claude',
        '.claude/settings.json',
        '.claude/settings.local.json',
        '.claude/hooks',
      ],
    )
    assert.equal(readFileSync(join(root, '.mcp.json'), 'utf8'), '{}\n')
    write('.mcp.json', '{"mine": true}')
    removePlaceholders(made)
    assert.deepEqual(hostExecutedIn(root), ['.envrc', '.mcp.json'])
    assert.ok(!existsSync(join(root, '.claude')))
    removePlaceholders(made)
  })

  it('makes no placeholder through a symlink', () => {
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync('elsewhere', join(root, '.claude'))
    const made = makePlaceholders(
      root,
      HOST_EXECUTED.filter(({ path }) => path.startsWith('.claude')),
    )
    assert.deepEqual(made, [])
    assert.ok(!existsSync(join(root, 'elsewhere/settings.json')))
  })
})
