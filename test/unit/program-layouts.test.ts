import assert from 'node:assert/strict'
import { Tree } from './program-tree.ts'

const NODE_SCRIPT = '#!/usr/bin/env node\n'
const NODE = 'home/me/.nvm/versions/node/v22.1.0'

describe('resolving a program of', () => {
  let tree: Tree
  beforeEach(() => {
    tree = new Tree()
  })
  afterEach(() => tree.remove())

  it('a native installer: the one file and the link to it', () => {
    tree.executable('home/me/.local/share/claude/versions/2.1.330')
    tree.link('home/me/.local/bin/claude', tree.path('home/me/.local/share/claude/versions/2.1.330'))
    assert.deepEqual(tree.found('claude', ['home/me/.local/bin']), {
      path: 'home/me/.local/bin/claude',
      readOnly: ['home/me/.local/share/claude/versions/2.1.330'],
      symlinks: [
        { path: 'home/me/.local/bin/claude', target: 'home/me/.local/share/claude/versions/2.1.330' },
      ],
      pathDirs: ['home/me/.local/bin'],
    })
  })

  it('an npm prefix: its node_modules, the link as it is written, and the Node beside it', () => {
    tree.executable('npm/lib/node_modules/@openai/codex/bin/codex.js', NODE_SCRIPT)
    tree.link('npm/bin/codex', '../lib/node_modules/@openai/codex/bin/codex.js')
    tree.executable('node-22/bin/node')
    assert.deepEqual(tree.found('codex', ['npm/bin', 'node-22/bin']), {
      path: 'npm/bin/codex',
      readOnly: ['node-22', 'npm/lib/node_modules'],
      symlinks: [{ path: 'npm/bin/codex', target: '../lib/node_modules/@openai/codex/bin/codex.js' }],
      pathDirs: ['npm/bin', 'node-22/bin'],
    })
  })

  it('an npm prefix: the outermost node_modules where packages lie within packages', () => {
    tree.executable('npm/lib/node_modules/a/node_modules/b/cli')
    tree.link('npm/bin/b', '../lib/node_modules/a/node_modules/b/cli')
    assert.deepEqual(tree.found('b', ['npm/bin']).readOnly, ['npm/lib/node_modules'])
  })

  it('nvm: the prefix of that Node alone, which holds the link too', () => {
    tree.executable(`${NODE}/bin/node`)
    tree.executable(`${NODE}/lib/node_modules/gemini/index.js`, NODE_SCRIPT)
    tree.link(`${NODE}/bin/gemini`, '../lib/node_modules/gemini/index.js')
    assert.deepEqual(tree.found('gemini', [`${NODE}/bin`]), {
      path: `${NODE}/bin/gemini`,
      readOnly: [NODE],
      symlinks: [],
      pathDirs: [`${NODE}/bin`],
    })
  })

  it('~/.nvm/current: the link to the version in use is made too', () => {
    tree.executable(`${NODE}/bin/node`)
    tree.executable(`${NODE}/lib/node_modules/gemini/index.js`, NODE_SCRIPT)
    tree.link(`${NODE}/bin/gemini`, '../lib/node_modules/gemini/index.js')
    tree.link('home/me/.nvm/current', 'versions/node/v22.1.0')
    const found = tree.found('gemini', ['home/me/.nvm/current/bin'])
    assert.equal(found.path, 'home/me/.nvm/current/bin/gemini')
    assert.deepEqual(found.readOnly, [NODE])
    assert.deepEqual(found.symlinks, [{ path: 'home/me/.nvm/current', target: 'versions/node/v22.1.0' }])
  })

  it('fnm: the link of one shell, elsewhere, to the installation', () => {
    const installation = 'home/me/.local/share/fnm/node-versions/v22.1.0/installation'
    tree.executable(`${installation}/bin/node`)
    tree.executable(`${installation}/lib/node_modules/gemini/index.js`, NODE_SCRIPT)
    tree.link(`${installation}/bin/gemini`, '../lib/node_modules/gemini/index.js')
    tree.link('shells/12_34', tree.path(installation))
    const found = tree.found('gemini', ['shells/12_34/bin'])
    assert.deepEqual(found.readOnly, [installation])
    assert.deepEqual(found.symlinks, [{ path: 'shells/12_34', target: installation }])
  })

  it('pnpm: the script on the PATH, the folder above .pnpm, and Node', () => {
    const global = 'home/me/.local/share/pnpm/global/5'
    tree.executable(`${global}/.pnpm/qwen@1.0.0/node_modules/qwen/cli.js`, NODE_SCRIPT)
    tree.link(`${global}/node_modules/qwen`, '../.pnpm/qwen@1.0.0/node_modules/qwen')
    tree.executable(
      'home/me/.local/share/pnpm/qwen',
      '#!/bin/sh\nbasedir=$(dirname "$(echo "$0" | sed -e \'s,\\\\,/,g\')")\n' +
        'if [ -x "$basedir/node" ]; then\n  exec "$basedir/node"  "$basedir/global/5/node_modules/qwen/cli.js" "$@"\n' +
        'else\n  exec node  "$basedir/global/5/node_modules/qwen/cli.js" "$@"\nfi\n',
    )
    tree.executable(`${NODE}/bin/node`)
    const found = tree.found('qwen', ['home/me/.local/share/pnpm', `${NODE}/bin`])
    assert.deepEqual(found.readOnly, [global, 'home/me/.local/share/pnpm/qwen', NODE])
    assert.deepEqual(found.pathDirs, ['home/me/.local/share/pnpm', `${NODE}/bin`])
  })

  it("pnpm's shared store: all its links, since packages find each other there", () => {
    const links = 'home/me/.local/share/pnpm/store/v11/links'
    tree.executable(`${links}/@/qwen/1.0.0/abc/node_modules/qwen/cli.js`)
    tree.link('global/node_modules/qwen', tree.path(`${links}/@/qwen/1.0.0/abc/node_modules/qwen`))
    tree.link('bin/qwen', '../global/node_modules/qwen/cli.js')
    const found = tree.found('qwen', ['bin'])
    assert.deepEqual(found.readOnly, [links])
    assert.equal(found.symlinks.length, 2)
  })

  it('bun: the global packages, and Bun where the script asks for it', () => {
    tree.executable('home/me/.bun/bin/bun')
    tree.executable('home/me/.bun/install/global/node_modules/pi/cli.js', '#!/usr/bin/env -S bun --smol\n')
    tree.link('home/me/.bun/bin/pi', '../install/global/node_modules/pi/cli.js')
    assert.deepEqual(tree.found('pi', ['home/me/.bun/bin']).readOnly, ['home/me/.bun'])
  })

  it("pipx: the virtual environment and the pyenv version that it was made with, not pyenv's others", () => {
    const environment = 'home/me/.local/share/pipx/venvs/aider-chat'
    const python = 'home/me/.pyenv/versions/3.12.1'
    tree.executable(`${python}/bin/python3.12`)
    tree.link(`${python}/bin/python3`, 'python3.12')
    tree.executable('home/me/.pyenv/versions/3.11.7/bin/python3.11')
    tree.file(`${environment}/pyvenv.cfg`, `home = ${tree.path(python)}/bin\nversion = 3.12.1\n`)
    tree.link(`${environment}/bin/python`, tree.path(`${python}/bin/python3`))
    tree.executable(`${environment}/bin/aider`, `#!${tree.path(environment)}/bin/python\n`)
    tree.link('home/me/.local/bin/aider', '../share/pipx/venvs/aider-chat/bin/aider')
    const found = tree.found('aider', ['home/me/.local/bin'])
    assert.deepEqual(found.readOnly, [environment, python])
    assert.deepEqual(found.pathDirs, ['home/me/.local/bin'])
  })

  it("a virtual environment's own interpreter: the environment too, though the real file lies outside", () => {
    tree.executable('python/bin/python3.12')
    tree.file('work/venv/pyvenv.cfg', `home = ${tree.path('python/bin')}\n`)
    tree.link('work/venv/bin/python', '../../../python/bin/python3.12')
    assert.deepEqual(tree.found('python', ['work/venv/bin']).readOnly, ['python', 'work/venv'])
  })

  it('Homebrew: the prefix without its services and their settings', () => {
    tree.executable('linuxbrew/.linuxbrew/Cellar/opencode/1.18/bin/opencode')
    tree.link('linuxbrew/.linuxbrew/bin/opencode', '../Cellar/opencode/1.18/bin/opencode')
    tree.file('linuxbrew/.linuxbrew/lib/ld.so')
    tree.file('linuxbrew/.linuxbrew/var/postgres/secret')
    tree.file('linuxbrew/.linuxbrew/etc/redis.conf')
    const found = tree.found('opencode', ['linuxbrew/.linuxbrew/bin'])
    assert.deepEqual(
      found.readOnly,
      ['Cellar', 'bin', 'lib'].map((name) => `linuxbrew/.linuxbrew/${name}`),
    )
    assert.deepEqual(found.symlinks, [])
  })

  it('npm link: the package that says the file is its program', () => {
    tree.executable('home/me/code/mine/bin/mine.js', NODE_SCRIPT)
    tree.file('home/me/code/mine/package.json', '{"bin":{"mine":"./bin/mine.js"}}')
    tree.link('npm/lib/node_modules/mine', tree.path('home/me/code/mine'))
    tree.link('npm/bin/mine', '../lib/node_modules/mine/bin/mine.js')
    const found = tree.found('mine', ['npm/bin'])
    assert.deepEqual(found.readOnly, ['home/me/code/mine'])
    assert.equal(found.symlinks.length, 2)
  })

  it("a user's own wrapper: the script and what it runs", () => {
    tree.executable('home/me/.claude/local/node_modules/claude/cli')
    tree.link('home/me/.claude/local/node_modules/.bin/claude', '../claude/cli')
    const target = tree.path('home/me/.claude/local/node_modules/.bin/claude')
    tree.executable('home/me/.claude/local/claude', `#!/bin/bash\nexec "${target}" "$@"\n`)
    assert.deepEqual(tree.found('claude', ['home/me/.claude/local']).readOnly, [
      'home/me/.claude/local/claude',
      'home/me/.claude/local/node_modules',
    ])
  })
})
