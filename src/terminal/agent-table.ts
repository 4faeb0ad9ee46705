import type { AgentRow } from '../agents/report/view.ts'
import { formatAgeSince } from './age.ts'
import { coloursFor } from './colour.ts'
import { formatTable } from './table.ts'

/** The table of `list`: fits a terminal, plain columns otherwise. */
export function agentTable(
  rows: readonly AgentRow[],
  stream: { isTTY?: boolean; columns?: number },
  now = new Date(),
): string {
  const colours = coloursFor(stream)
  return formatTable(
    rows,
    [
      { header: 'NAME', value: (row) => row.name, fixed: true },
      {
        header: 'STATUS',
        value: statusText,
        paint: (text, row) => (row.status === 'running' ? colours.green(text) : colours.dim(text)),
        fixed: true,
      },
      {
        header: 'ACTIVITY',
        value: activityText,
        dropRank: 6,
        paint: (text, row) => (needsSomebody(row) ? colours.yellow(text) : text),
      },
      { header: 'PID', value: (row) => String(row.pid ?? ''), align: 'right', fixed: true, dropRank: 1 },
      {
        header: 'SANDBOX',
        value: (row) => row.sandbox,
        dropRank: 4,
        paint: (text, row) => (row.sandbox === 'none' ? colours.yellow(text) : text),
      },
      { header: 'PROFILE', value: (row) => row.profile ?? '', dropRank: 3 },
      {
        header: 'AGE',
        value: (row) => formatAgeSince(row.created_at, now),
        align: 'right',
        fixed: true,
        dropRank: 5,
      },
      { header: 'TAGS', value: (row) => tagsText(row.tags), dropRank: 2 },
    ],
    { width: stream.isTTY ? stream.columns : undefined, paintHeader: colours.bold },
  )
}

/** Tags for people: `k=v,k2=v2`. */
export function tagsText(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Whether an agent runs, else how it ended. */
export function statusText(row: Pick<AgentRow, 'status' | 'end_reason' | 'exit_code'>): string {
  if (row.status === 'running') return 'running'
  if (row.end_reason === 'killed') return 'dead (killed)'
  if (row.end_reason === 'lost') return 'dead (lost)'
  if (row.end_reason === 'out-of-memory') return 'dead (memory)'
  if (row.end_reason === 'process-limit') return 'dead (processes)'
  return row.exit_code === null ? 'dead' : `dead (${row.exit_code})`
}

/** Such as `waiting: permission`. */
export function activityText(row: Pick<AgentRow, 'status' | 'activity' | 'activity_reason'>): string {
  const { activity, activity_reason: reason } = row
  return row.status === 'running' && reason ? `${activity}: ${reason}` : activity
}

/** Whether an agent waits for somebody. */
export function needsSomebody({ activity }: Pick<AgentRow, 'activity'>): boolean {
  return activity === 'waiting' || activity === 'blocker'
}
