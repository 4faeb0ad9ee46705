import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { type ResolvedProgram, resolveProgram } from '../../src/policy/program.ts'
import { systemPaths, systemRoots } from '../../src/policy/system-paths.ts'
import { Tree } from '../unit/program-tree.ts'

const works = spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status === 0

/** Runs a program in bubblewrap with the system's folders and what its resolution returned, nothing else. */
function run({ path, readOnly, symlinks, pathDirs }: ResolvedProgram, args: string[]) {
  const system = systemPaths('linux', { uid: 1000, gid: 1000, name: 'agent' })
  const links = (list: typeof symlinks) => list.flatMap((link) => ['--symlink', link.target, link.path])
  const result = spawnSync(
    'bwrap',
    [
      ...['--unshare-user', '--unshare-pid', '--tmpfs', '/tmp', '--proc', '/proc', '--dev', '/dev'],
      ...links(system.symlinks),
      ...system.readOnly.flatMap(({ source, target }) => ['--ro-bind', source, target]),
      ...readOnly.flatMap((place) => ['--ro-bind', place, place]),
      ...links(symlinks),
      ...['--clearenv', '--setenv', 'PATH', [...pathDirs, '/usr/bin', '/bin'].join(':')],
      ...[path, ...args],
    ],
    { encoding: 'utf8' },
  )
  assert.equal(result.status, 0, result.stderr)
  return result.stdout
}

describe('a resolved program in a real sandbox', () => {
  let tree: Tree
  before(function () {
    if (!works) this.skip()
  })
  beforeEach(() => {
    tree = new Tree()
  })
  afterEach(() => tree.remove())

  function resolve(command: string, folders: string[]): ResolvedProgram {
    const result = resolveProgram(command, {
      searchPath: [...folders.map((name) => tree.path(name)), dirname(process.execPath), '/usr/bin'].join(
        ':',
      ),
      home: tree.home,
      systemRoots: systemRoots('linux'),
    })
    if ('missing' in result) throw new Error(`${command} is ${result.missing}`)
    return result
  }

  /** A CLI of npm's kind: it needs its own files and a package beside it, and says whether it sees a secret. */
  function npmPackage(prefix: string): void {
    const modules = `${prefix}/lib/node_modules`
    const secret = JSON.stringify(tree.file('home/me/.ssh/id_ed25519', 'secret'))
    tree.file(`${modules}/cli/package.json`, '{"name":"cli","type":"module","bin":{"cli":"bin/cli.js"}}')
    tree.file(`${modules}/cli/lib/say.js`, "import word from 'word'\nexport const say = () => word\n")
    tree.file(`${modules}/word/package.json`, '{"name":"word","type":"module","exports":"./index.js"}')
    tree.file(`${modules}/word/index.js`, "export default 'hello'\n")
    tree.executable(
      `${modules}/cli/bin/cli.js`,
      "#!/usr/bin/env node\nimport { existsSync } from 'node:fs'\nimport { say } from '../lib/say.js'\n" +
        `console.log(say(), process.argv[2], existsSync(${secret}) ? 'sees' : 'hidden', process.version)\n`,
    )
    tree.link(`${prefix}/bin/cli`, '../lib/node_modules/cli/bin/cli.js')
  }

  it('runs from an npm prefix with its packages and the Node of the PATH, and the home is hidden', () => {
    npmPackage('npm')
    assert.equal(run(resolve('cli', ['npm/bin']), ['x']), `hello x hidden ${process.version}\n`)
  })

  it('runs from an npm prefix below the home, by a link to a link', () => {
    npmPackage('home/me/.nvm/versions/node/v22.1.0')
    tree.link('home/me/.nvm/current', 'versions/node/v22.1.0')
    tree.link('shells/1', tree.path('home/me/.nvm/current'))
    assert.equal(run(resolve('cli', ['shells/1/bin']), ['x']), `hello x hidden ${process.version}\n`)
  })

  it("runs by pnpm's script from pnpm's store", () => {
    npmPackage('store')
    tree.folder('pnpm/global/5/.pnpm')
    tree.link('pnpm/global/5/node_modules/cli', tree.path('store/lib/node_modules/cli'))
    tree.executable(
      'pnpm/cli',
      '#!/bin/sh\nbasedir=$(dirname "$0")\nexec node "$basedir/global/5/node_modules/cli/bin/cli.js" "$@"\n',
    )
    assert.equal(run(resolve('cli', ['pnpm']), ['x']), `hello x hidden ${process.version}\n`)
  })

  it('runs a script whose interpreter is a script', () => {
    tree.executable('lang/bin/lang', '#!/bin/sh\necho "lang runs $1"\n')
    const script = tree.executable('bin/cli', `#!${tree.path('lang/bin/lang')}\n`)
    assert.equal(run(resolve('cli', ['bin']), []), `lang runs ${script}\n`)
  })

  it('shows nothing else of the host', () => {
    npmPackage('npm')
    const { readOnly, symlinks, pathDirs } = resolve('cli', ['npm/bin'])
    const shell = { path: '/bin/sh', readOnly, symlinks, pathDirs }
    assert.equal(run(shell, ['-c', `ls ${tree.root} ${tree.path('npm')}`]).includes('home'), false)
  })
})
