// Runs the tests of some sources against one mutant of them after the other, in one process: what is loaded stays loaded.
// Told { files, tests, mutant, dryRun, longestCpuMs } at its start, it answers what each test meets; then for { mutant, tests } which test { failed }.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import Mocha from 'mocha'
import { mochaHooks } from '../../../test/support/setup.mjs'
import { endAfterCpuMs } from './cpu-limit.mjs'
import { instrument } from './instrument.mjs'

/** A test that waits for what a mutant lets never come, waits so long besides what it takes without it. */
const GRACE_MS = 3_000
const SLOWNESS = 10

/** The mutant that runs; -1 for none. */
let active = -1
/** The mutants that ran since it was emptied, while nobody knows yet which tests meet which. */
let met = new Set()
let cpuBefore
/** By suite, those that ran before its tests. */
const metBefore = new Map()
globalThis.__mutant = (id) => {
  met?.add(id)
  return id === active
}

const { files, tests, mutant, dryRun, longestCpuMs } = await new Promise((resolve) =>
  process.once('message', resolve),
)
active = mutant
if (longestCpuMs) endAfterCpuMs(longestCpuMs)
const sources = new Map(files.map(({ path, firstId }) => [path, firstId]))
registerHooks({
  load(url, context, next) {
    const path = url.startsWith('file:') ? fileURLToPath(url) : ''
    if (!sources.has(path)) return next(url, context)
    const { code } = instrument(path, readFileSync(path, 'utf8'), sources.get(path))
    return { format: 'module', source: stripTypeScriptTypes(code), shortCircuit: true }
  },
})
// The same inputs for each mutant, and the first that tells is enough.
const { default: fc } = await import('fast-check')
fc.configureGlobal({ seed: 1, endOnFailure: true })

const mocha = new Mocha({ timeout: 20_000, reporter: class {} })
mocha.cleanReferencesAfterRun(false)
for (const path of tests) mocha.addFile(path)
try {
  await mocha.loadFilesAsync()
} catch (error) {
  process.send({ failed: `the tests don't load: ${error.stack}` })
}
process.on('exit', () => mochaHooks.afterAll())
const { user } = process.cpuUsage()
endAfterCpuMs(Infinity)

const atLoad = [...met]
const seen = []
if (dryRun) await run(onSeen, noteHooks)
met = undefined
process.send({ atLoad, seen, loadedMs: user / 1_000 })

process.on('message', async ({ mutant, tests, longestCpuMs }) => {
  active = mutant
  mocha.bail(true)
  mocha.grep(new RegExp(`^(?:${tests.map(({ title }) => RegExp.escape(title)).join('|')})$`))
  const durations = new Map(tests.map(({ title, duration }) => [title, duration]))
  mocha.suite.eachTest((test) => test.timeout(GRACE_MS + SLOWNESS * (durations.get(test.fullTitle()) ?? 0)))
  let failed
  endAfterCpuMs(longestCpuMs)
  await run((test, passed) => {
    if (!passed) failed ??= test.fullTitle()
  })
  endAfterCpuMs(Infinity)
  active = -1
  process.send({ failed })
})

function run(onTest, prepare = () => {}) {
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve())
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL } = Mocha.Runner.constants
    prepare(runner)
    runner.on(EVENT_TEST_PASS, (test) => onTest(test, true))
    runner.on(EVENT_TEST_FAIL, (test) => onTest(test, false))
  })
}

/** What is met before all tests of a suite is met by each of them. */
function noteHooks(runner) {
  const { EVENT_TEST_BEGIN, EVENT_HOOK_END } = Mocha.Runner.constants
  runner.on(EVENT_TEST_BEGIN, () => {
    met = new Set()
    cpuBefore = process.cpuUsage()
  })
  runner.on(EVENT_HOOK_END, ({ title, parent }) => {
    if (!title.startsWith('"before all"')) return
    metBefore.set(parent, [...(metBefore.get(parent) ?? []), ...met])
    met = new Set()
  })
}

function onSeen(test, passed) {
  const all = new Set(met)
  for (let suite = test.parent; suite; suite = suite.parent)
    for (const id of metBefore.get(suite) ?? []) all.add(id)
  const { file, duration = 0 } = test
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpuMs = (user + system) / 1_000
  seen.push({ title: test.fullTitle(), file, passed, duration, cpuMs, met: [...all] })
}
