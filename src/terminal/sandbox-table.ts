import type { SandboxRow } from '../agents/report/sandbox-report.ts'
import { coloursFor } from './colour.ts'
import { originText } from './origin.ts'
import { sanitizeLine } from './sanitize.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `sandboxes`, and below it why those that don't work don't. */
export function sandboxTable(rows: readonly SandboxRow[], stream: TableStream): string {
  const { bold, green, yellow, dim } = coloursFor(stream)
  const table = formatTable(
    rows,
    [
      { header: 'SANDBOX', value: ({ id, default: is }) => (is ? `${id} *` : id), fixed: true },
      {
        header: 'WORKS',
        value: ({ works }) => (works ? 'yes' : 'no'),
        paint: (text, { works }) => (works ? green(text) : dim(text)),
      },
      {
        header: 'ISOLATES',
        value: ({ isolates }) => (isolates === null ? '' : isolates ? 'yes' : 'no'),
        paint: (text, { isolates }) => (isolates === false ? yellow(text) : text),
      },
      { header: 'NETWORK', value: ({ network }) => network?.join(' ') ?? '', fixed: true, dropRank: 5 },
      { header: 'LIMITS', value: ({ limits }) => limits?.join(' ') ?? '', dropRank: 2 },
      { header: 'PROCESSES', value: ({ processes }) => processes ?? '', fixed: true, dropRank: 3 },
      { header: 'VERSION', value: ({ version }) => version ?? '', fixed: true, dropRank: 4 },
      { header: 'FROM', value: originText, dropRank: 1 },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
  const notes = rows.flatMap(({ id, reason, fix, replaces }) => [
    ...(replaces ? [`${id}: replaces the one of ${replaces}`] : []),
    ...(reason ? [`${id}: ${sanitizeLine(reason)}${fix ? ` ${dim('→')} ${sanitizeLine(fix)}` : ''}`] : []),
  ])
  return [table, ...notes.map((note) => `${note}\n`)].join(notes.length > 0 ? '\n' : '').trimEnd()
}
