import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './root.mjs'

/** The TypeScript projects that make up the product: those that tsconfig.json names, less the tests. */
export function projects() {
  return readJson('tsconfig.json')
    .references.map(({ path }) => path)
    .filter((path) => path !== 'test')
    .map((path) => {
      const { rootDir, outDir } = readJson(join(path, 'tsconfig.json')).compilerOptions
      return { path, sources: join(root, path, rootDir), output: join(root, path, outDir) }
    })
}

/** Everything that a build reads, with its size and time of change, as a text that changes when one of them does. */
export function buildInputs() {
  const configs = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.base.json']
  const own = projects().flatMap(({ path, sources }) => [
    ...files(sources),
    ...['package.json', 'tsconfig.json'].map((name) => join(root, path, name)),
  ])
  return [...configs.map((name) => join(root, name)), ...own]
    .filter((file) => existsSync(file))
    .map((file) => {
      const { size, mtimeMs } = statSync(file)
      return `${relative(root, file)} ${size} ${mtimeMs}`
    })
    .join('\n')
}

/** The JavaScript files that a build leaves, each beside the source that it comes from. */
export function expectedOutputs() {
  return projects().flatMap(({ sources, output }) =>
    files(sources)
      .filter((file) => file.endsWith('.ts'))
      .map((source) => join(output, relative(sources, source).replace(/\.ts$/, '.js'))),
  )
}

/** Output files whose source is gone; oclif would still find a command among them. */
export function orphanedOutputs() {
  return projects().flatMap(({ sources, output }) =>
    files(output).filter((file) => {
      const stem = relative(output, file).match(/^(.+?)\.(js|js\.map|d\.ts|d\.ts\.map)$/)?.[1]
      return stem !== undefined && !existsSync(join(sources, `${stem}.ts`))
    }),
  )
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function files(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path) : [path]
  })
}
