import assert from 'node:assert/strict'
import { newestFirst, parseMiseConfig, parseToolVersions } from '../../src/policy/program/tool-versions.ts'
import { Tree } from './program-tree.ts'

const NODE_SCRIPT = '#!/usr/bin/env node\n'

describe("a version manager's stand-in on the PATH", () => {
  let tree: Tree
  beforeEach(() => {
    tree = new Tree()
  })
  afterEach(() => tree.remove())

  function volta(): string {
    const image = 'home/me/.volta/tools/image'
    tree.executable('home/me/.volta/bin/volta-shim')
    tree.link('home/me/.volta/bin/codex', 'volta-shim')
    tree.link('home/me/.volta/bin/node', 'volta-shim')
    tree.file('home/me/.volta/tools/user/bins/codex.json', '{"name":"codex","package":"@openai/codex"}')
    tree.file('home/me/.volta/tools/user/platform.json', '{"node":{"runtime":"22.1.0","npm":null}}')
    tree.executable(`${image}/node/22.1.0/bin/node`)
    tree.executable(
      `${image}/packages/@openai/codex/lib/node_modules/@openai/codex/bin/codex.js`,
      NODE_SCRIPT,
    )
    tree.link(`${image}/packages/@openai/codex/bin/codex`, '../lib/node_modules/@openai/codex/bin/codex.js')
    return image
  }

  it("of Volta leads to the package's own program and the Node that the user has chosen", () => {
    const image = volta()
    const found = tree.found('codex', ['home/me/.volta/bin'])
    assert.equal(found.path, `${image}/packages/@openai/codex/bin/codex`)
    assert.deepEqual(found.readOnly, [
      `${image}/node/22.1.0`,
      `${image}/packages/@openai/codex/lib/node_modules`,
    ])
    assert.deepEqual(found.pathDirs, [`${image}/packages/@openai/codex/bin`, `${image}/node/22.1.0/bin`])
  })

  it('of Volta that leads nowhere shows the folder of Volta', () => {
    tree.executable('home/me/.volta/bin/volta-shim')
    tree.link('home/me/.volta/bin/codex', 'volta-shim')
    const found = tree.found('codex', ['home/me/.volta/bin'])
    assert.equal(found.path, 'home/me/.volta/bin/codex')
    assert.deepEqual(found.readOnly, ['home/me/.volta'])
  })

  it('of pyenv leads to the chosen version, not to the newest', () => {
    tree.executable('home/me/.pyenv/shims/aider', '#!/usr/bin/env bash\nexec pyenv exec aider "$@"\n')
    for (const version of ['3.9.1', '3.11.7', '3.12.1']) {
      tree.executable(`home/me/.pyenv/versions/${version}/bin/python3`)
      const python = tree.path(`home/me/.pyenv/versions/${version}/bin/python3`)
      tree.executable(`home/me/.pyenv/versions/${version}/bin/aider`, `#!${python}\n`)
    }
    assert.deepEqual(tree.found('aider', ['home/me/.pyenv/shims']).readOnly, [
      'home/me/.pyenv/versions/3.12.1',
    ])
    tree.file('home/me/.pyenv/version', '3.11.7\n')
    const found = tree.found('aider', ['home/me/.pyenv/shims'])
    assert.equal(found.path, 'home/me/.pyenv/versions/3.11.7/bin/aider')
    assert.deepEqual(found.readOnly, ['home/me/.pyenv/versions/3.11.7'])
  })

  function nodeVersions(installs: string, tool: string): void {
    for (const version of ['20.9.0', '22.1.0']) {
      tree.executable(`${installs}/${tool}/${version}/bin/node`)
      tree.executable(`${installs}/${tool}/${version}/lib/node_modules/gemini/index.js`, NODE_SCRIPT)
      tree.link(`${installs}/${tool}/${version}/bin/gemini`, '../lib/node_modules/gemini/index.js')
    }
  }

  it('of asdf leads to the version in its comment and takes the Node beside the program', () => {
    nodeVersions('home/me/.asdf/installs', 'nodejs')
    const shim = '#!/usr/bin/env bash\n# asdf-plugin: nodejs 20.9.0\nexec asdf exec "gemini" "$@"\n'
    tree.executable('home/me/.asdf/shims/gemini', shim)
    tree.executable('home/me/.asdf/shims/node', '#!/usr/bin/env bash\nexec asdf exec "node" "$@"\n')
    const found = tree.found('gemini', ['home/me/.asdf/shims'])
    assert.equal(found.path, 'home/me/.asdf/installs/nodejs/20.9.0/bin/gemini')
    assert.deepEqual(found.readOnly, ['home/me/.asdf/installs/nodejs/20.9.0'])
    assert.deepEqual(found.pathDirs, ['home/me/.asdf/installs/nodejs/20.9.0/bin'])
  })

  it("of asdf goes by the user's .tool-versions first", () => {
    nodeVersions('home/me/.asdf/installs', 'nodejs')
    tree.executable('home/me/.asdf/shims/gemini', '#!/bin/sh\n# asdf-plugin: nodejs 20.9.0\n')
    tree.file('home/me/.tool-versions', 'nodejs 22.1.0\n')
    assert.match(tree.found('gemini', ['home/me/.asdf/shims']).path, /22\.1\.0/)
  })

  it("of mise leads to the version in the user's config, else to the newest", () => {
    const mise = 'home/me/.local/share/mise'
    nodeVersions(`${mise}/installs`, 'node')
    tree.executable('home/me/.local/bin/mise')
    tree.link(`${mise}/shims/gemini`, tree.path('home/me/.local/bin/mise'))
    assert.match(tree.found('gemini', [`${mise}/shims`]).path, /22\.1\.0/)
    tree.file('home/me/.config/mise/config.toml', '[tools]\nnode = "20.9.0"\n')
    assert.match(tree.found('gemini', [`${mise}/shims`]).path, /20\.9\.0/)
  })
})

describe('versions of tools', () => {
  it('are sorted by number, and names come last', () => {
    assert.deepEqual(newestFirst(['3.9.1', 'latest', 'v3.12', '3.11.7']), [
      'v3.12',
      '3.11.7',
      '3.9.1',
      'latest',
    ])
  })

  it('are read from .tool-versions with several versions in a line', () => {
    assert.deepEqual(parseToolVersions('# mine\nnodejs 22.1.0 20.9.0 # work\npython 3.12\n'), [
      { tool: 'nodejs', version: '22.1.0' },
      { tool: 'nodejs', version: '20.9.0' },
      { tool: 'python', version: '3.12' },
    ])
  })

  it("are read from mise's config under the names of their folders", () => {
    assert.deepEqual(parseMiseConfig('[tools]\nnode = "22"\n"npm:@openai/codex" = "0.169.0"\n'), [
      { tool: 'node', version: '22' },
      { tool: 'npm-openai-codex', version: '0.169.0' },
    ])
  })
})
