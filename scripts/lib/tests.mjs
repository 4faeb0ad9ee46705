import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { pinnedEnv, pinnedNode } from './pinned-node.mjs'
import { run } from './run.mjs'

const SPECS = ['unit', 'integration', 'e2e'].map((level) => `test/${level}/**/*.test.ts`)

/** Test files that run at once. Much of a test is waiting, but its processes share the machine with it. */
const JOBS = Math.min(Math.max(availableParallelism(), 2), 4)

/**
 * Runs mocha, with coverage and several files at once unless only some tests are asked for.
 *
 * @param {string[]} args for mocha, such as `--grep x` or a file
 * @returns {Promise<{ code: number, passed: number, failed: number, skipped: string[] }>} with the titles of the tests that were skipped
 */
export async function runTests(args) {
  const counts = join(ROOT, '.cache', 'test-counts.json')
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  rmSync(counts, { force: true })
  const modules = join(ROOT, 'node_modules')
  const files = args.some((arg) => arg.endsWith('.ts')) ? [] : SPECS
  const mocha = [pinnedNode(), join(modules, 'mocha/bin/mocha.js'), ...args, ...files]
  const parallel = ['--parallel', '--jobs', String(JOBS)]
  const argv = args.length > 0 ? mocha : [pinnedNode(), join(modules, 'c8/bin/c8.js'), ...mocha, ...parallel]
  const code = await run(argv, { env: pinnedEnv({ TEST_COUNTS_FILE: counts }) })
  if (!existsSync(counts)) return { code: code || 1, passed: 0, failed: 1, skipped: [] }
  const { passes, failures, skipped } = JSON.parse(readFileSync(counts, 'utf8'))
  return { code, passed: passes, failed: failures, skipped }
}
