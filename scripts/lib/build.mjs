import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './paths.mjs'
import { pinnedNode } from './pinned-node.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

const STAMP = join(ROOT, '.cache', 'build')
const MANIFEST = join(ROOT, 'oclif.manifest.json')
const BUNDLE = join(ROOT, 'dist/bundle/agentvm.cjs')

/** Compiles what has changed and writes the manifest of commands and the JSON Schemas, if anything has. Throws if it doesn't compile. */
export async function build() {
  const state = sourceState()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state && isWhole()) return
  say('Building …')
  for (const project of projects()) removeStale(project)
  rmSync(STAMP, { force: true })
  await compile([])
  // The compiler trusts its own notes: it doesn't see that a file it has written is gone.
  if (!compiledFiles().every((file) => existsSync(file))) await compile(['--force'])
  rmSync(MANIFEST, { force: true })
  await write('write-manifest.mjs', 'the manifest of commands')
  await write('write-schemas.mjs', 'the JSON Schemas')
  await write('bundle.mjs', 'the bundle')
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, state)
}

async function compile(options) {
  const tsc = [pinnedNode(), join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', ...options]
  const code = await run([...tsc, ...projects().map(({ config }) => config)], { stdio: ['ignore', 2, 2] })
  if (code !== 0) throw new Error('the sources do not compile')
}

async function write(script, what) {
  const code = await run([pinnedNode(), join(ROOT, 'scripts', script)], { stdio: ['ignore', 2, 2] })
  if (code !== 0) throw new Error(`${what} could not be written`)
}

/** Whether everything that the last build wrote is still there. */
function isWhole() {
  return [MANIFEST, BUNDLE, join(ROOT, 'dist/schemas/own-profile.schema.json'), ...compiledFiles()].every(
    (file) => existsSync(file),
  )
}

/** Every file that compiling makes from a source. */
function compiledFiles() {
  return projects().flatMap(({ sources, output }) =>
    filesBelow(sources)
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(output, path.slice(sources.length)).replace(/\.ts$/, '.js')),
  )
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

/** Changes whenever a source or a package comes, goes or is edited. */
function sourceState() {
  const hash = createHash('sha256')
  const note = (path) => {
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path} ${mtimeMs} ${size}\n`)
  }
  for (const { config, sources } of projects()) {
    for (const path of filesBelow(sources)) note(path)
    for (const name of ['package.json', 'tsconfig.json'])
      if (existsSync(join(config, name))) note(join(config, name))
  }
  for (const path of filesBelow(join(ROOT, 'scripts/lib/bundle'))) note(path)
  for (const name of [
    ...['package.json', 'tsconfig.base.json', 'package-lock.json'],
    ...['scripts/write-manifest.mjs', 'scripts/write-schemas.mjs', 'scripts/bundle.mjs'],
  ])
    note(join(ROOT, name))
  return hash.digest('hex')
}

/** Removes compiled files whose source has gone: a stale command would still be found. */
function removeStale({ sources, output }) {
  for (const path of filesBelow(output)) {
    if (!/\.js$/.test(path) || path.startsWith(join(output, 'bundle'))) continue
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
