import type { Colours } from '../colour.ts'
import type { Column } from '../table.ts'
import type { DashboardRow } from './rows.ts'

/** The columns of the dashboard. On narrow terminals the last line goes first, what an agent does last. */
export function dashboardColumns(paints: Colours): Column<DashboardRow>[] {
  return [
    { header: 'NAME', value: (row) => row.name, fixed: true },
    {
      header: 'STATUS',
      value: (row) => row.status,
      paint: (text, row) => (row.running ? paints.green(text) : paints.dim(text)),
      fixed: true,
    },
    {
      header: 'ACTIVITY',
      value: (row) => row.activity,
      paint: (text, row) => (row.needsSomebody ? paints.yellow(text) : text),
      dropRank: 4,
    },
    { header: 'CPU%', value: (row) => row.cpu, align: 'right', fixed: true, dropRank: 6 },
    { header: 'MEMORY', value: (row) => row.memory, align: 'right', fixed: true, dropRank: 5 },
    { header: 'AGE', value: (row) => row.age, align: 'right', fixed: true, dropRank: 3 },
    { header: 'TAGS', value: (row) => row.tags, dropRank: 2 },
    { header: 'LAST LINE', value: (row) => row.lastLine, paint: paints.dim, dropRank: 1 },
  ]
}
