import type { BenchReport, Fact } from './report.ts'
import { isMet, type Target, type Timing } from './timing.ts'

const HEADS = ['', 'median', 'p95', 'CPU', 'against its floor', 'target']

/** The report as a table in Markdown, beside an earlier one if there is any. */
export function asMarkdown({ machine, timings, facts, missing }: BenchReport, before?: BenchReport): string {
  const groups = [...new Set([...timings, ...facts].map(({ group }) => group))]
  const rows = groups.flatMap((name) => [
    ...timings
      .filter(({ group }) => group === name)
      .map((timing) => [...timingCells(timing), ...(before ? [earlierTiming(before, timing)] : [])]),
    ...facts
      .filter(({ group }) => group === name)
      .map((fact) => [...factCells(fact), ...(before ? [earlierFact(before, fact)] : [])]),
  ])
  const heads = before ? [...HEADS, 'before'] : HEADS
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  const notes = missing.map(({ name, why }) => `\nNot measured: ${name}: ${why}\n`)
  return `${lines.join('\n')}\n\n${about.join(', ')}.\n${notes.join('')}${countTargets(timings, facts)}`
}

function countTargets(timings: BenchReport['timings'], facts: BenchReport['facts']): string {
  const met = [
    ...timings.flatMap((one) => (one.target ? (one.met ?? false) : [])),
    ...facts.flatMap(({ target, value }) => (target ? isMet(target, value) : [])),
  ]
  if (met.length === 0) return ''
  const missed = met.filter((isGood) => !isGood).length
  const count = `\n${met.length - missed} of ${met.length} targets met.`
  return missed === 0 ? `${count}\n` : `${count} What stands in the way of the others: docs/performance.md\n`
}

function timingCells(timing: Timing): string[] {
  const { name, median, p95, cpu, floor, ratio, target, met } = timing
  return [
    ...[name, `${ms(median)} ms`, ms(p95), ms(cpu)],
    ratio === null ? '' : `${ratio.toFixed(2)} × ${floor}`,
    target ? targetText(target, 'ms', met ?? false) : '',
  ]
}

function factCells({ name, value, unit, target }: Fact): string[] {
  const verdict = target ? targetText(target, '', isMet(target, value)) : ''
  return [name, `${value.toFixed(2)} ${unit}`, '', '', '', verdict]
}

function targetText(target: Target, unit: string, met: boolean): string {
  const verdict = met ? '✓' : 'missed'
  const bound = (value: number) => (unit ? `${value} ${unit}` : String(value))
  if ('ratio' in target) return `${target.ratio} × ${verdict}`
  if ('plus' in target) return `+ ${bound(target.plus)} ${verdict}`
  return 'least' in target ? `≥ ${bound(target.least)} ${verdict}` : `${bound(target.most)} ${verdict}`
}

function earlierTiming(before: BenchReport, { name }: Timing): string {
  const timing = before.timings.find((one) => one.name === name)
  if (!timing) return ''
  return `${ms(timing.median)} ms${timing.ratio === null ? '' : `, ${timing.ratio.toFixed(2)} ×`}`
}

function earlierFact(before: BenchReport, { name, unit }: Fact): string {
  const fact = before.facts.find((one) => one.name === name && one.unit === unit)
  return fact ? fact.value.toFixed(2) : ''
}

const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0)
