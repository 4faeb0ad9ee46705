import type { PsRow } from '../agents/usage/ps.ts'
import { formatAge } from './age.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { type Column, formatTable } from './table.ts'

/** The table of `ps`: fits a terminal, plain columns otherwise. */
export function usageTable(
  rows: readonly PsRow[],
  options: { pss: boolean },
  stream: { isTTY?: boolean; columns?: number },
): string {
  const colours = coloursFor(stream)
  const columns: Column<PsRow>[] = [
    { header: 'NAME', value: (row) => row.name, fixed: true },
    {
      header: 'STATUS',
      value: (row) => row.status,
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
    { header: 'PROFILE', value: (row) => row.profile ?? '', dropRank: 1 },
  ]
  return formatTable(rows, columns, {
    width: stream.isTTY ? stream.columns : undefined,
    paintHeader: colours.bold,
  })
}

const PSS: Column<PsRow> = { header: 'PSS', value: (row) => kib(row.pss_kb), align: 'right', fixed: true }

function percent(value: number | null): string {
  return value === null ? '' : value.toFixed(1)
}

function kib(value: number | null): string {
  return value === null ? '' : formatBytes(value * 1024)
}
