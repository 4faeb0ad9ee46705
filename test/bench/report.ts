import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import type { Target, Timing } from './timing.ts'

/** Something measured that isn't a time of a process: memory, percent of a core. */
export interface Fact {
  name: string
  value: number
  unit: string
  target: Target | null
}

/** What could not be measured, and why. */
export interface Missing {
  name: string
  why: string
}

interface Grouped {
  group: string
}

/** One run of the bench, as its baseline keeps it. */
export interface BenchReport {
  machine: Record<string, string | number>
  /** Each with the group that it belongs to. */
  timings: (Timing & Grouped)[]
  facts: (Fact & Grouped)[]
  missing: Missing[]
}

/** A report of nothing yet. */
export function emptyReport(): BenchReport {
  return { machine: machineFacts(), timings: [], facts: [], missing: [] }
}

/** What the figures were measured on. The load tells how quiet it was. */
function machineFacts(): BenchReport['machine'] {
  return {
    node: process.version,
    ...{ kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() },
    ...{ memory_mb: Math.round(totalmem() / 1e6), load: Math.round((loadavg()[0] ?? 0) * 10) / 10 },
  }
}

/** The report of an earlier run: a file, or what the repository had at a commit, branch or tag. */
export function reportAt(path: string, ref: string): BenchReport {
  const text = ref.endsWith('.json')
    ? readFileSync(ref, 'utf8')
    : execFileSync('git', ['show', `${ref}:${path}`], { encoding: 'utf8', maxBuffer: 1e7 })
  return JSON.parse(text) as BenchReport
}
