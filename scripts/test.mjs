import { join } from 'node:path'
import { runChecks } from './lib/checks.mjs'
import { NIGHTLY } from './lib/nightly.mjs'
import { ROOT } from './lib/paths.mjs'
import { pinnedEnv, pinnedNode } from './lib/pinned-node.mjs'
import { run } from './lib/run.mjs'
import { say } from './lib/say.mjs'
import { runTests } from './lib/tests.mjs'
import { setup } from './setup.mjs'

// `npm test`: makes everything ready, runs every check and every test, and ends with one line of counts.
// `npm test -- --nightly` attacks for hours what it else attacks for minutes. `npm test -- --grep x` or `npm test -- test/unit/x.test.ts` runs some tests only.
const missing = await setup({ forTests: true })
const args = process.argv.slice(2).filter((arg) => arg !== '--nightly')
const isNightly = args.length < process.argv.length - 2
if (isNightly) Object.assign(process.env, NIGHTLY)
const failedChecks = args.length > 0 ? [] : await runChecks()
const tests = await runTests(args)
if (isNightly && args.length === 0 && (await run([pinnedNode(), join(ROOT, 'scripts/mutation.mjs')])) !== 0) {
  failedChecks.push('mutants that no test tells')
}
// For who reads the log: a figure fails nothing.
if (args.length === 0)
  await run([pinnedNode(), join(ROOT, 'test/bench/bench.ts'), '--short'], {
    env: pinnedEnv(),
    timeout: 90_000,
  })
if (missing.length > 0) say(`Not installed, and needed by tests: ${missing.join(', ')}`)
// What isn't tested here looks like what passed: the gate's log has to tell them apart.
for (const title of tests.skipped) say(`skipped: ${title}`)
if (tests.skipped.length > 0 && process.getuid?.() !== 0) say('some tests need root')
for (const name of failedChecks) say(`check failed: ${name}`)
if (tests.code !== 0 && tests.failed === 0) say('the tests passed, but their coverage or their run did not')
const failed = tests.failed + failedChecks.length + (tests.code !== 0 && tests.failed === 0 ? 1 : 0)
process.stdout.write(`\n${tests.passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
