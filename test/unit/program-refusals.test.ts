import assert from 'node:assert/strict'
import { BroadFolders } from '../../src/policy/program/too-broad.ts'
import { Tree } from './program-tree.ts'

describe('what is never shown for the sake of a program', () => {
  const broad = new BroadFolders({
    home: '/home/me',
    systemRoots: ['/usr', '/nix/store'],
    forbidden: ['/data/vm/agents'],
  })

  for (const folder of [
    ...['/', '/home', '/home/me', '/home/you', '/Users/me', '/root', '/tmp', '/opt', '/srv', '/var/tmp'],
    ...['/run/user/1000', '/mnt/disk', '/nix', '/usr', '/data/vm', '/data/vm/agents/a'],
    ...['/home/me/.local', '/home/me/.local/share', '/home/me/.config', '/home/me/bin'],
  ]) {
    it(`is ${folder}`, () => assert.equal(broad.has(folder), true))
  }

  for (const folder of [
    ...['/opt/node-22', '/tmp/x', '/node_modules', '/home/me/.nvm/versions/node/v22.1.0'],
    ...['/home/me/.local/lib/node_modules', '/home/me/.bun', '/home/linuxbrew/.linuxbrew/Cellar'],
  ]) {
    it(`is not ${folder}`, () => assert.equal(broad.has(folder), false))
  }
})

describe('a program whose folder is too much to show', () => {
  let tree: Tree
  beforeEach(() => {
    tree = new Tree()
  })
  afterEach(() => tree.remove())

  it('is shown alone: an interpreter in ~/bin', () => {
    tree.executable('home/me/bin/node')
    assert.deepEqual(tree.found('node', ['home/me/bin']).readOnly, ['home/me/bin/node'])
  })

  it('is shown alone: an interpreter in ~/.local/bin', () => {
    tree.executable('home/me/.local/bin/bun')
    assert.deepEqual(tree.found('bun', ['home/me/.local/bin']).readOnly, ['home/me/.local/bin/bun'])
  })

  it('is shown alone: a virtual environment made in the home itself', () => {
    tree.executable('home/me/bin/aider')
    tree.file('home/me/pyvenv.cfg', 'home = /usr/bin\n')
    assert.deepEqual(tree.found('aider', ['home/me/bin']).readOnly, ['home/me/bin/aider'])
  })

  it('keeps its packages where npm has ~/.local as its prefix', () => {
    tree.executable('home/me/.local/lib/node_modules/codex/codex.js')
    tree.link('home/me/.local/bin/codex', '../lib/node_modules/codex/codex.js')
    assert.deepEqual(tree.found('codex', ['home/me/.local/bin']).readOnly, [
      'home/me/.local/lib/node_modules',
    ])
  })

  it('is shown alone where its package would show a forbidden folder too', () => {
    tree.executable('app/node_modules/cli/cli')
    const forbidden = [tree.folder('app/node_modules/cli/agents')]
    assert.deepEqual(tree.found('cli', ['app/node_modules/cli'], { forbidden }).readOnly, [
      'app/node_modules/cli/cli',
    ])
  })

  it('is not found where it lies in a forbidden folder, also behind links', () => {
    tree.executable('agentvm/workspaces/a/cli')
    tree.link('bin/cli', '../agentvm/workspaces/a/cli')
    tree.link('vm', 'agentvm')
    const result = tree.resolve('cli', ['bin'], { forbidden: [tree.path('vm')] })
    assert.deepEqual(result, { missing: 'not-found', looked: [tree.path('bin/cli')] })
  })

  it("doesn't bring an interpreter from a forbidden folder along", () => {
    tree.executable('agentvm/bin/node')
    tree.executable('bin/cli', `#!${tree.path('agentvm/bin/node')}\n`)
    const found = tree.found('cli', ['bin'], { forbidden: [tree.path('agentvm')] })
    assert.deepEqual(found.readOnly, ['bin/cli'])
  })
})
