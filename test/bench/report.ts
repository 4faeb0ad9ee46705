import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import type { Timing } from './measure.ts'

/** Something measured that isn't a time of a process: memory, percent of a core. */
export interface Fact {
  name: string
  value: number
  unit: 'MB' | 'MB/s' | 's of CPU a GB' | '% of a core' | 'bytes drawn'
  target: number | null
}

/** One run of the bench, as its baseline keeps it. */
export interface BenchReport {
  machine: Record<string, string | number>
  timings: Timing[]
  facts: Fact[]
}

/** What the figures were measured on. The load tells how quiet it was. */
export function machineFacts(): BenchReport['machine'] {
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

/** The report as a table in Markdown, beside an earlier one if there is any. */
export function asMarkdown({ machine, timings, facts }: BenchReport, before?: BenchReport): string {
  const heads = ['', 'median', 'p95', 'CPU', 'against its floor', 'target', ...(before ? ['before'] : [])]
  const rows = timings.map((timing) => [
    ...[timing.name, `${ms(timing.median)} ms`, ms(timing.p95), ms(timing.cpu)],
    timing.ratio === null ? '' : `${timing.ratio.toFixed(2)} × ${timing.floor}`,
    targetOf(timing),
    ...(before ? [earlier(before, timing.name)] : []),
  ])
  const factRows = facts.map(({ name, value, unit, target }) => [
    ...[name, `${value.toFixed(2)} ${unit}`, '', '', ''],
    target === null ? '' : `${target} ${value <= target ? '✓' : 'missed'}`,
    ...(before ? [String(before.facts.find((fact) => fact.name === name)?.value.toFixed(2) ?? '')] : []),
  ])
  const lines = [heads, heads.map(() => '---'), ...rows, ...factRows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  return `${lines.join('\n')}\n\n${about.join(', ')}.\n`
}

function targetOf({ target, median, ratio }: Timing): string {
  if (!target) return ''
  const [text, met] =
    'ms' in target
      ? [`${target.ms} ms`, median <= target.ms]
      : [`${target.ratio} ×`, (ratio ?? Number.POSITIVE_INFINITY) <= target.ratio]
  return `${text} ${met ? '✓' : 'missed'}`
}

function earlier(before: BenchReport, name: string): string {
  const timing = before.timings.find((one) => one.name === name)
  if (!timing) return ''
  return `${ms(timing.median)} ms${timing.ratio === null ? '' : `, ${timing.ratio.toFixed(2)} ×`}`
}

const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0)
