import type { LimitsInForce } from '../agents/usage/limits-in-force.ts'
import type { PsAgent } from '../agents/usage/ps.ts'
import { formatAge } from './age.ts'
import { statusText } from './agent-table.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { type Column, formatTable } from './table.ts'

/** A row of `ps`, or of a dashboard, which knows no limits. */
type UsageRow = Omit<PsAgent, keyof LimitsInForce> & Partial<LimitsInForce>

/** The table of `ps`: fits a terminal, plain columns otherwise. */
export function usageTable(
  rows: readonly UsageRow[],
  options: { pss: boolean },
  stream: { isTTY?: boolean; columns?: number },
): string {
  const colours = coloursFor(stream)
  const columns: Column<UsageRow>[] = [
    { header: 'NAME', value: (row) => row.name, fixed: true },
    {
      header: 'STATUS',
      value: statusText,
      paint: (text, row) => (row.status === 'running' ? colours.green(text) : colours.dim(text)),
      fixed: true,
    },
    { header: 'PID', value: (row) => String(row.pid ?? ''), align: 'right', dropRank: 2 },
    { header: 'CPU%', value: (row) => percent(row.cpu_pct), align: 'right', fixed: true },
    { header: 'MEM%', value: (row) => percent(row.mem_pct), align: 'right', fixed: true, dropRank: 4 },
    { header: 'RSS', value: (row) => kib(row.rss_kb), align: 'right', fixed: true, dropRank: 6 },
    ...(options.pss ? [PSS] : []),
    {
      header: 'PROCS',
      value: (row) => String(row.processes ?? ''),
      align: 'right',
      fixed: true,
      dropRank: 3,
    },
    {
      header: 'UPTIME',
      value: (row) => (row.uptime_seconds === null ? '' : formatAge(row.uptime_seconds)),
      align: 'right',
      fixed: true,
      dropRank: 5,
    },
    ...(rows.some((row) => 'memory_limit' in row) ? [LIMITS] : []),
    { header: 'PROFILE', value: (row) => row.profile ?? '', dropRank: 1 },
  ]
  return formatTable(rows, columns, {
    width: stream.isTTY ? stream.columns : undefined,
    paintHeader: colours.bold,
  })
}

const LIMITS: Column<UsageRow> = { header: 'LIMITS', value: limitsText, dropRank: 1.5 }

const PSS: Column<UsageRow> = { header: 'PSS', value: (row) => kib(row.pss_kb), align: 'right', fixed: true }

/** Such as `8.0 GiB, 1024 processes, 2 cores`. */
function limitsText({ memory_limit, process_limit, cpu_limit }: UsageRow): string {
  return [
    ...(memory_limit ? [formatBytes(memory_limit)] : []),
    ...(process_limit ? [`${process_limit} processes`] : []),
    ...(cpu_limit ? [`${cpu_limit} cores`] : []),
  ].join(', ')
}

function percent(value: number | null): string {
  return value === null ? '' : value.toFixed(1)
}

function kib(value: number | null): string {
  return value === null ? '' : formatBytes(value * 1024)
}
