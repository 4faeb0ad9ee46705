import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { pinnedEnv, pinnedNode } from './pinned-node.mjs'
import { run } from './run.mjs'

const inModules = (path) => join(ROOT, 'node_modules', path)

/** The checks that run no test: each with a name and the command that fails if it doesn't hold. */
const CHECKS = [
  { name: 'types', argv: () => [pinnedNode(), inModules('typescript/bin/tsc'), '-b'] },
  {
    name: 'format, lint and import boundaries',
    argv: () => [pinnedNode(), inModules('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.'],
  },
  {
    name: 'dead code and dependencies',
    argv: () => [pinnedNode(), inModules('knip/bin/knip.js'), '--no-progress'],
  },
  {
    name: 'the API of the SDK',
    argv: () => [pinnedNode(), join(ROOT, 'scripts/api-report.mjs'), '--check'],
  },
  { name: 'links in the docs', argv: () => [pinnedNode(), join(ROOT, 'scripts/check-links.mjs')] },
]

/** Runs the checks one after the other. Returns the names of those that failed. */
export async function runChecks() {
  const failed = []
  for (const { name, argv } of CHECKS) {
    process.stdout.write(`check: ${name}\n`)
    if ((await run(argv(), { env: pinnedEnv() })) !== 0) failed.push(name)
  }
  return failed
}
