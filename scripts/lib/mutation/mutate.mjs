import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { ROOT } from '../paths.mjs'
import { arguedIn } from './equal-mutants.mjs'
import { instrument } from './instrument.mjs'
import { sourcesOf } from './modules.mjs'
import { nameMutants } from './report.mjs'
import { SandboxedWorker } from './sandboxed-worker.mjs'
import { testsOf } from './tests-of.mjs'

/** A test that takes more processor time, or by the clock ten times as much, runs only against mutants that the quick ones don't tell. */
const QUICK_MS = 50
/** One that takes more than this has more in view than the place of a mutant, and would make hours of minutes. */
const LONGEST_MS = 1_000
/** All tests have run once by then, on the busiest machine. */
const LOADING_MS = 3_600_000
/** In place of a mutant's id: the sources as they are. */
const NONE = -1
/** A mutant hangs if its tests take so much longer than without it, and this in any case: of processor time, and by the clock. */
const SLOWNESS = 10
const GRACE_CPU_MS = 1_000
const GRACE_MS = 60_000

/**
 * Runs the tests against each mutant of a module.
 *
 * @param {{ name: string, paths: string[], tests?: string[] }} module
 * @param {{ every: number, before?: Map<string, { status: string }> }} choice `every`: 1 for all mutants, 4 for every fourth;
 *   `before`: those of a run before, of which the ones that were told count as told
 * @param {(done: number, all: number) => void} onProgress
 * @returns {Promise<{ every: number, mutants: object[], leftOut: string[] }>} each mutant with its `status` (killed, survived, unmet: no test runs
 *   that place, or argued: it can't be told), and the test that told it; and the tests that don't pass in the sandbox, and so
 *   can tell nothing
 */
export async function mutateModule(module, { every, before }, onProgress) {
  const files = []
  const mutants = []
  for (const path of sourcesOf(module)) {
    const firstId = mutants.length
    mutants.push(...instrument(relative(ROOT, path), readFileSync(path, 'utf8'), firstId).mutants)
    files.push({ path, firstId, end: mutants.length })
  }
  const argued = arguedIn(mutants)
  const tests = testsOf(sourcesOf(module), module.tests)
  const run = new MutationRun(files, tests)
  try {
    const leftOut = await run.start()
    nameMutants(mutants)
    const chosen = mutants.filter(({ key }, index) =>
      before && every > 1 ? before.has(key) : index % every === 0,
    )
    for (const [index, mutant] of chosen.entries()) {
      const began = performance.now()
      const known = before?.get(mutant.key)
      Object.assign(mutant, known?.status === 'killed' ? known : await run.verdict(mutant))
      if (mutant.status !== 'killed' && argued.has(mutant.id)) mutant.status = 'argued'
      mutant.ms = Math.round(performance.now() - began)
      onProgress(index + 1, chosen.length)
    }
    return { every, mutants: chosen, leftOut }
  } finally {
    run.stop()
  }
}

class MutationRun {
  #files
  #tests
  #worker = new SandboxedWorker()
  #atLoad = new Set()
  /** All tests that count. */
  #all = []
  /** Processor time, in milliseconds, that loading the tests takes. */
  #loadedMs = 0
  /** By mutant, the tests that meet it: `{ title, file, duration }`. */
  #meeting = new Map()

  constructor(files, tests) {
    this.#files = files
    this.#tests = tests
  }

  /** Runs all tests without a mutant, and sees which meet which. Returns the titles of those that fail so: they are left out. */
  async start() {
    const { failed, atLoad, seen, loadedMs } = await this.#load(this.#worker, { dryRun: true })
    if (failed) throw new Error(`the tests don't run in the sandbox: ${failed}`)
    this.#atLoad = new Set(atLoad)
    this.#loadedMs = loadedMs
    for (const { met, passed, ...test } of seen) {
      if (!passed || costOf(test) > LONGEST_MS) continue
      this.#all.push(test)
      for (const id of met) this.#meeting.set(id, [...(this.#meeting.get(id) ?? []), test])
    }
    return seen.filter(({ passed }) => !passed).map(({ title }) => title)
  }

  /** Whether a test tells the mutant: `{ status, by }`. */
  async verdict({ id, path }) {
    if (this.#atLoad.has(id)) return this.#inOwnProcess(id, path)
    const meeting = this.#meeting.get(id) ?? []
    if (meeting.length === 0) return { status: 'unmet' }
    const quick = meeting.filter((test) => costOf(test) <= QUICK_MS)
    const slow = meeting.filter((test) => costOf(test) > QUICK_MS)
    for (const stage of [quick, slow]) {
      const by = stage.length === 0 ? undefined : await this.#failing(id, stage)
      if (by) return { status: 'killed', by }
    }
    return { status: 'survived' }
  }

  stop() {
    this.#worker.stop()
  }

  /**
   * What fails with the mutant and not without it. What it left in the process may spoil later runs: a process whose tests
   * then fail without a mutant is given up, and a new one decides.
   */
  async #failing(id, stage) {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await this.#renew()
      const { failed, isOver } = await ask(this.#worker, id, stage)
      if (!failed || isOver) return failed
      const again = stage.filter(({ title }) => title === failed)
      const { failed: without } = await ask(this.#worker, NONE, again.length > 0 ? again : stage)
      if (!without) return failed
      this.#worker.stop()
    }
    return undefined
  }

  /**
   * A mutant of what runs when its source is loaded: a process that has it from the start decides. Asked first are the tests
   * that meet any mutant of the same source, then all others: what it exports may show anywhere.
   */
  async #inOwnProcess(id, path) {
    const { firstId, end } = this.#files.find((file) => relative(ROOT, file.path) === path)
    const isOwn = (of) => of >= firstId && of < end && !this.#atLoad.has(of)
    const own = [...new Set([...this.#meeting].filter(([of]) => isOwn(of)).flatMap(([, tests]) => tests))]
    const others = this.#all.filter((test) => !own.includes(test))
    for (const tests of [own, others]) {
      const by = tests.length === 0 ? undefined : await this.#failingAnew(id, tests)
      if (by) return { status: 'killed', by }
    }
    return { status: own.length + others.length > 0 ? 'survived' : 'unmet' }
  }

  async #failingAnew(id, tests) {
    const worker = new SandboxedWorker()
    try {
      const files = new Set(tests.map(({ file }) => file))
      const { failed } = await this.#load(worker, { mutant: id, files })
      return failed ?? (await ask(worker, id, tests)).failed
    } finally {
      worker.stop()
    }
  }

  async #renew() {
    if (!this.#worker.isOver) return
    this.#worker = new SandboxedWorker()
    const { failed } = await this.#load(this.#worker)
    if (failed) throw new Error(failed)
  }

  #load(worker, { mutant = NONE, dryRun = false, files } = {}) {
    const tests = this.#tests.filter((path) => files?.has(path) ?? true)
    const longestCpuMs = dryRun ? undefined : GRACE_CPU_MS + this.#loadedMs * SLOWNESS
    return worker.ask({ files: this.#files, tests, mutant, dryRun, longestCpuMs }, LOADING_MS)
  }
}

/** What a test takes, however busy the machine is. */
function costOf({ duration, cpuMs }) {
  return Math.max(cpuMs, duration / 10)
}

function ask(worker, mutant, tests) {
  const sum = (key) => tests.reduce((all, test) => all + test[key], 0)
  const longestCpuMs = GRACE_CPU_MS + sum('cpuMs') * SLOWNESS
  return worker.ask({ mutant, tests, longestCpuMs }, GRACE_MS + sum('duration') * SLOWNESS)
}
