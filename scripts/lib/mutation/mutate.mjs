import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { ROOT } from '../paths.mjs'
import { arguedIn } from './equal-mutants.mjs'
import { instrument } from './instrument.mjs'
import { sourcesOf } from './modules.mjs'
import { SandboxedWorker } from './sandboxed-worker.mjs'
import { testsOf } from './tests-of.mjs'

/** A test that takes longer runs only against mutants that the quick ones don't tell. */
const QUICK_MS = 50
/** A test that takes longer has more in view than the place of a mutant, and would make hours of minutes. */
const LONGEST_MS = 1_000
/** All tests have run once by then, on the busiest machine. */
const LOADING_MS = 600_000
/** In place of a mutant's id: the sources as they are. */
const NONE = -1
/** A mutant hangs if its tests take so much longer than without it, and this in any case: of processor time, and by the clock. */
const SLOWNESS = 10
const GRACE_CPU_MS = 1_000
const GRACE_MS = 60_000

/**
 * Runs the tests against each mutant of a module.
 *
 * @param {{ name: string, paths: string[], tests?: string[], longestMs?: number }} module
 * @param {number} every 1 for all mutants, 4 for every fourth
 * @param {(done: number, all: number) => void} onProgress
 * @returns {Promise<{ mutants: object[], leftOut: string[] }>} each mutant with its `status` (killed, survived, unmet: no test runs
 *   that place, or argued: it can't be told), and the test that told it; and the tests that don't pass in the sandbox, and so
 *   can tell nothing
 */
export async function mutateModule(module, every, onProgress) {
  const files = []
  const mutants = []
  for (const path of sourcesOf(module)) {
    const firstId = mutants.length
    mutants.push(...instrument(relative(ROOT, path), readFileSync(path, 'utf8'), firstId).mutants)
    files.push({ path, firstId, end: mutants.length })
  }
  const argued = arguedIn(mutants)
  const tests = testsOf(sourcesOf(module), module.tests)
  const run = new MutationRun(files, tests, module.longestMs)
  try {
    const leftOut = await run.start()
    const chosen = mutants.filter((_, index) => index % every === 0)
    for (const [index, mutant] of chosen.entries()) {
      const began = performance.now()
      Object.assign(mutant, await run.verdict(mutant))
      if (mutant.status !== 'killed' && argued.has(mutant.id)) mutant.status = 'argued'
      mutant.ms = Math.round(performance.now() - began)
      onProgress(index + 1, chosen.length)
    }
    return { mutants: chosen, leftOut }
  } finally {
    run.stop()
  }
}

class MutationRun {
  #files
  #tests
  #longestMs
  #worker = new SandboxedWorker()
  #atLoad = new Set()
  /** Processor time, in milliseconds, that loading the tests takes. */
  #loadedMs = 0
  /** By mutant, the tests that meet it: `{ title, file, duration }`. */
  #meeting = new Map()

  constructor(files, tests, longestMs = LONGEST_MS) {
    this.#files = files
    this.#tests = tests
    this.#longestMs = longestMs
  }

  /** Runs all tests without a mutant, and sees which meet which. Returns the titles of those that fail so: they are left out. */
  async start() {
    const { failed, atLoad, seen, loadedMs } = await this.#load(this.#worker, { dryRun: true })
    if (failed) throw new Error(`the tests don't run in the sandbox: ${failed}`)
    this.#atLoad = new Set(atLoad)
    this.#loadedMs = loadedMs
    for (const { met, passed, ...test } of seen) {
      if (!passed || test.duration > this.#longestMs) continue
      for (const id of met) this.#meeting.set(id, [...(this.#meeting.get(id) ?? []), test])
    }
    return seen.filter(({ passed }) => !passed).map(({ title }) => title)
  }

  /** Whether a test tells the mutant: `{ status, by }`. */
  async verdict({ id, path }) {
    if (this.#atLoad.has(id)) return this.#inOwnProcess(id, path)
    const meeting = this.#meeting.get(id) ?? []
    if (meeting.length === 0) return { status: 'unmet' }
    const quick = meeting.filter(({ duration }) => duration <= QUICK_MS)
    const slow = meeting.filter(({ duration }) => duration > QUICK_MS)
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

  /** A mutant of what runs when its source is loaded: a process that has it from the start decides. */
  async #inOwnProcess(id, path) {
    const worker = new SandboxedWorker()
    try {
      const tests = this.#meetingFile(path)
      const { failed } = await this.#load(worker, {
        mutant: id,
        files: new Set(tests.map(({ file }) => file)),
      })
      const by = failed ?? (await ask(worker, id, tests)).failed
      return by ? { status: 'killed', by } : { status: tests.length > 0 ? 'survived' : 'unmet' }
    } finally {
      worker.stop()
    }
  }

  /** The tests that meet any mutant of the same source; those of all sources, where no test runs a function of it. */
  #meetingFile(path) {
    const { firstId, end } = this.#files.find((file) => relative(ROOT, file.path) === path)
    const ids = [...this.#meeting.keys()]
    const own = ids.filter((id) => id >= firstId && id < end && !this.#atLoad.has(id))
    const tests = (own.length > 0 ? own : ids).flatMap((id) => this.#meeting.get(id))
    return [...new Map(tests.map((test) => [test.title, test])).values()]
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

function ask(worker, mutant, tests) {
  const expected = tests.reduce((sum, { duration }) => sum + duration, 0)
  const longestCpuMs = GRACE_CPU_MS + expected * SLOWNESS
  return worker.ask({ mutant, tests, longestCpuMs }, GRACE_MS + expected * SLOWNESS)
}
