import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { type Case, measure } from './measure.ts'
import { type BenchReport, emptyReport, type Fact } from './report.ts'
import type { Timing } from './timing.ts'

/** Who waits hears of a round at most so often. */
const SAY_EACH_MS = 5_000

/** A part of the bench that can be chosen by its name. */
export type Group = (bench: Workbench) => Promise<void>

/** What a group measures with. Whatever it makes is removed when the group ends, fails or is interrupted. */
export class Workbench {
  readonly report: BenchReport = emptyReport()
  readonly rounds: number
  /** Aborted when the user has enough. */
  readonly signal: AbortSignal
  private group = ''
  private readonly undo: (() => unknown)[] = []

  constructor(rounds: number, signal: AbortSignal) {
    this.rounds = rounds
    this.signal = signal
  }

  /** Runs a group to its end, and removes what it made. One that fails leaves its figures out, and the others go on. */
  async run(name: string, group: Group): Promise<void> {
    const start = performance.now()
    this.group = name
    this.say('begins')
    try {
      await group(this)
    } catch (error) {
      this.signal.throwIfAborted()
      this.lacks(name, (error as Error).message)
      process.exitCode = 1
    } finally {
      for (let step = this.undo.pop(); step; step = this.undo.pop()) await this.tidy(step)
    }
    this.say(`took ${Math.round((performance.now() - start) / 1000)} s`)
  }

  /** What can't be removed is said, and the rest is removed nevertheless. */
  private async tidy(step: () => unknown): Promise<void> {
    try {
      await step()
    } catch (error) {
      this.say((error as Error).message)
      process.exitCode = 1
    }
  }

  /** Times cases in turns, and keeps what they come to. */
  async time(cases: readonly Case[]): Promise<Timing[]> {
    let said = performance.now()
    const timings = await measure(cases, this.rounds, this.signal, (round) => {
      if (performance.now() - said < SAY_EACH_MS) return
      this.say(`round ${round}`)
      said = performance.now()
    })
    this.report.timings.push(...timings.map((timing) => ({ group: this.group, ...timing })))
    return timings
  }

  add(...facts: Fact[]): void {
    this.report.facts.push(...facts.map((fact) => ({ group: this.group, ...fact })))
  }

  /** Says what can't be measured here. */
  lacks(name: string, why: string): void {
    this.say(name === this.group ? why : `${name}: ${why}`)
    this.report.missing.push({ name, why })
  }

  /** An empty home, which is purged and removed with the group. */
  home(): TestHome {
    const home = new TestHome()
    this.later(() => home.remove())
    return home
  }

  /** An empty folder, which is removed with the group. */
  folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'agentvm-bench-'))
    this.later(() => rmSync(path, { recursive: true, force: true }))
    return path
  }

  /** Does something when the group ends, the last first. */
  later(step: () => unknown): void {
    this.undo.push(step)
  }

  /** Tells who waits how far it is. */
  say(text: string): void {
    process.stderr.write(`bench: ${this.group}: ${text}\n`)
  }
}
