import type { WaitingMessage } from '../agents/messages/manage.ts'
import { formatAgeSince } from './age.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { type Column, formatTable, type TableStream, widthOf } from './table.ts'

const COLUMNS: Column<WaitingMessage>[] = [
  { header: 'AGENT', value: ({ agent }) => agent, fixed: true },
  { header: 'ID', value: ({ id }) => id, fixed: true },
  { header: 'WAITS', value: ({ queued_at }) => formatAgeSince(queued_at) },
  { header: 'SIZE', value: ({ bytes }) => formatBytes(bytes), align: 'right' },
  { header: 'STATE', value: ({ state }) => (state === 'unsure' ? 'may have arrived' : state) },
]

/** The table that `queue list` prints. */
export function messageTable(messages: readonly WaitingMessage[], stream: TableStream): string {
  return formatTable(messages, COLUMNS, {
    width: widthOf(stream),
    paintHeader: coloursFor(stream).bold,
  })
}
