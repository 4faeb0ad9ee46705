import assert from 'node:assert/strict'
import { relative } from 'node:path'
import { resolveProgram } from '../../src/policy/program.ts'
import { Tree } from './program-tree.ts'

describe('looking for a program', () => {
  let tree: Tree
  beforeEach(() => {
    tree = new Tree()
  })
  afterEach(() => tree.remove())

  it('that is not there names the folders that were looked into', () => {
    assert.deepEqual(tree.resolve('no-such-cli', ['a']), {
      missing: 'not-found',
      looked: [tree.path('a'), '/usr/bin', '/bin'],
    })
  })

  it('that may not be executed names the file', () => {
    const path = tree.file('a/cli', '#!/bin/sh\n')
    assert.deepEqual(tree.resolve('cli', ['a']), { missing: 'not-executable', looked: [path] })
  })

  it('goes on to the next folder after a file that may not be executed, a folder and a broken link', () => {
    tree.file('a/cli')
    tree.folder('b/cli')
    tree.link('c/cli', 'nowhere')
    tree.executable('d/cli')
    assert.equal(tree.found('cli', ['a', 'b', 'c', 'd']).path, 'd/cli')
  })

  it('leaves relative and empty folders of the PATH out', () => {
    const here = relative(process.cwd(), tree.path('a'))
    tree.executable('a/cli')
    const options = { searchPath: `${here}::.`, home: tree.home, systemRoots: [] }
    assert.deepEqual(resolveProgram('cli', options), { missing: 'not-found', looked: [] })
  })

  it('takes an absolute path and a path from here as they are', () => {
    const path = tree.executable('a/cli')
    assert.deepEqual(tree.found(path, []), {
      path: 'a/cli',
      readOnly: ['a/cli'],
      symlinks: [],
      pathDirs: ['a'],
    })
    assert.deepEqual(tree.found(relative(process.cwd(), path), []).readOnly, ['a/cli'])
  })

  it('of the system needs nothing more', () => {
    const found = tree.found('sh', [])
    assert.match(found.path, /\/bin\/sh$/)
    assert.deepEqual([found.readOnly, found.symlinks], [[], []])
  })

  it('ends with links that lead in a circle', () => {
    tree.link('a/cli', 'other')
    tree.link('a/other', 'cli')
    assert.deepEqual(tree.resolve('cli', ['a']), {
      missing: 'not-found',
      looked: [tree.path('a'), '/usr/bin', '/bin'],
    })
  })

  it('ends with scripts that are their own interpreter, or run each other', () => {
    tree.executable('a/cli', `#!${tree.path('a/cli')}\n`)
    tree.executable('a/one', '#!/bin/sh\nexec two "$@"\n')
    tree.executable('a/two', '#!/bin/sh\nexec one "$@"\n')
    assert.deepEqual(tree.found('cli', ['a']).readOnly, ['a/cli'])
    assert.deepEqual(tree.found('one', ['a']).readOnly, ['a/one', 'a/two'])
  })

  it('ends with a chain of a thousand scripts', () => {
    for (let index = 0; index < 1000; index++) {
      tree.executable(`a/cli${index}`, `#!/bin/sh\nexec cli${index + 1}\n`)
    }
    assert.ok(tree.found('cli0', ['a']).readOnly.length < 100)
  })

  it('keeps the order of the PATH, so that inside the same Node is found as outside', () => {
    tree.executable('npm/bin/cli', '#!/usr/bin/env node\n')
    tree.executable('npm/bin/node')
    tree.executable('node-22/bin/node')
    assert.deepEqual(tree.found('cli', ['node-22/bin', 'npm/bin']).pathDirs, ['node-22/bin', 'npm/bin'])
  })

  it('takes the interpreter that the PATH names first for a script of the system', () => {
    tree.executable('system/bin/npm', '#!/usr/bin/env node\n')
    tree.executable('node-22/bin/node')
    const found = tree.found('npm', ['node-22/bin', 'system/bin'], { systemRoots: [tree.path('system')] })
    assert.deepEqual(
      found.readOnly.filter((path) => !path.startsWith('/usr')),
      ['node-22'],
    )
  })

  it('adds the tools that are there', () => {
    tree.executable('a/cli')
    tree.executable('b/rg')
    const found = tree.found('cli', ['a', 'b'], { tools: ['rg', 'no-such-tool'] })
    assert.deepEqual(found.readOnly, ['a/cli', 'b/rg'])
    assert.deepEqual(found.pathDirs, ['a', 'b'])
  })

  it("doesn't make links that the system's folders hold", () => {
    tree.executable('opt/tool/cli')
    tree.link('system/bin/cli', tree.path('opt/tool/cli'))
    const found = tree.found('cli', ['system/bin'], { systemRoots: [tree.path('system')] })
    assert.deepEqual([found.readOnly, found.symlinks], [['opt/tool/cli'], []])
  })
})
