import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './paths.mjs'
import { pinnedNode } from './pinned-node.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

const STAMP = join(ROOT, '.cache', 'build')

/** Compiles what has changed and writes the manifest of commands, if anything has. Throws if it doesn't compile. */
export async function build() {
  const state = sourceState()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state) return
  say('Building …')
  for (const project of projects()) removeStale(project)
  const node = pinnedNode()
  const compile = [
    node,
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-b',
    ...projects().map(({ config }) => config),
  ]
  if ((await run(compile, { stdio: ['ignore', 2, 2] })) !== 0) throw new Error('the sources do not compile')
  rmSync(join(ROOT, 'oclif.manifest.json'), { force: true })
  if ((await run([node, join(ROOT, 'scripts/write-manifest.mjs')], { stdio: ['ignore', 2, 2] })) !== 0) {
    throw new Error('the manifest of commands could not be written')
  }
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, state)
}

/** Every package with sources, and where they are compiled to. */
function projects() {
  const packages = ['plugins', 'profiles', 'sandbox'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => join(ROOT, group, name)),
  )
  return [
    ...packages
      .filter((folder) => existsSync(join(folder, 'tsconfig.json')))
      .map((folder) => ({ config: folder, sources: join(folder, 'src'), output: join(folder, 'dist') })),
    { config: join(ROOT, 'src'), sources: join(ROOT, 'src'), output: join(ROOT, 'dist') },
  ]
}

/** Changes whenever a source, a package or a compiled file comes, goes or is edited. */
function sourceState() {
  const hash = createHash('sha256')
  const note = (path) => {
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path} ${mtimeMs} ${size}\n`)
  }
  for (const { config, sources, output } of projects()) {
    for (const path of filesBelow(sources)) note(path)
    for (const name of ['package.json', 'tsconfig.json'])
      if (existsSync(join(config, name))) note(join(config, name))
    hash.update(`${existsSync(output)}\n`)
  }
  for (const name of ['package.json', 'tsconfig.base.json', 'package-lock.json']) note(join(ROOT, name))
  return hash.update(String(existsSync(join(ROOT, 'oclif.manifest.json')))).digest('hex')
}

/** Removes compiled files whose source has gone: a stale command would still be found. */
function removeStale({ sources, output }) {
  for (const path of filesBelow(output)) {
    if (!/\.js$/.test(path)) continue
    const source = join(sources, path.slice(output.length)).replace(/\.js$/, '.ts')
    if (existsSync(source)) continue
    for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(path.replace(/\.js$/, ending), { force: true })
    rmSync(join(output, 'tsconfig.tsbuildinfo'), { force: true })
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
