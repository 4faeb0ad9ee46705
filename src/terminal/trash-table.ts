import type { TrashEntry } from '../agents/trash/entries.ts'
import { formatAgeSince } from './age.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { type Column, formatTable, type TableStream, widthOf } from './table.ts'

const DAY_MS = 86_400_000

const COLUMNS: Column<TrashEntry>[] = [
  { header: 'NAME', value: ({ name }) => name, fixed: true },
  { header: 'ID', value: ({ id }) => id, fixed: true },
  { header: 'PROFILE', value: ({ profile }) => profile ?? '-' },
  { header: 'TRASHED', value: ({ trashed_at }) => `${formatAgeSince(trashed_at)} ago` },
  { header: 'STAYS', value: ({ expires_at }) => stays(expires_at) },
  { header: 'SIZE', value: ({ bytes }) => formatBytes(bytes), align: 'right' },
]

/** The table that `trash list` prints. */
export function trashTable(entries: readonly TrashEntry[], stream: TableStream): string {
  return formatTable(entries, COLUMNS, {
    width: widthOf(stream),
    paintHeader: coloursFor(stream).bold,
  })
}

function stays(until: string | null): string {
  if (until === null) return 'for ever'
  const days = Math.ceil((Date.parse(until) - Date.now()) / DAY_MS)
  return days > 0 ? `${days}d` : "until 'clean'"
}
