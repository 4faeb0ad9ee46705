import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildInputs, expectedOutputs, orphanedOutputs, projects } from './projects.mjs'
import { isMain, main, root, SetupError, say } from './root.mjs'
import { runPinned } from './run-program.mjs'

const STAMP = join(root, '.cache/built')
const MANIFEST = join(root, 'oclif.manifest.json')

/** Whether what was built last is still whole and comes from the files as they are now. */
export function isBuilt() {
  if (!existsSync(STAMP) || !existsSync(MANIFEST)) return false
  return readFileSync(STAMP, 'utf8') === buildInputs() && expectedOutputs().every((file) => existsSync(file))
}

/** Compiles the sources and writes oclif's manifest of commands. */
export async function build() {
  const inputs = buildInputs()
  rmSync(STAMP, { force: true })
  for (const file of orphanedOutputs()) rmSync(file)
  await compile([])
  if (!expectedOutputs().every((file) => existsSync(file))) await compile(['--force'])
  await step(['scripts/manifest.mjs'], "the manifest of commands can't be written")
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, inputs)
}

function compile(options) {
  const paths = projects().map(({ path }) => path)
  return step(['node_modules/typescript/bin/tsc', '-b', ...options, ...paths], "the sources don't compile")
}

async function step(args, failure) {
  if ((await runPinned(args, { cwd: root, stdio: ['ignore', 2, 2] })) !== 0) {
    throw new SetupError(`${failure}, see above`)
  }
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const { setup } = await import('./setup.mjs')
    if (process.argv.includes('--force')) rmSync(STAMP, { force: true })
    await setup()
    say('built')
  })
}
