import type { ExportedIdentity } from '../agents/identity/export.ts'
import type { IdentityReport, IdentityRow } from '../agents/identity/manage.ts'
import { sanitizeLine } from './sanitize.ts'
import { formatTable } from './table.ts'

/** The table of `identity list`. */
export function identityTable(
  rows: readonly IdentityRow[],
  stream: { isTTY?: boolean; columns?: number },
): string {
  return formatTable(
    rows,
    [
      { header: 'NAME', value: ({ name }) => name, fixed: true },
      { header: 'DID', value: ({ did }) => did, fixed: true },
      { header: 'REGISTERED', value: registeredText },
    ],
    { width: stream.isTTY ? stream.columns : undefined, paintHeader: (text) => text },
  )
}

/** One identity, a fact a line. */
export function identityLines(row: IdentityRow): string[] {
  return [
    row.did,
    row.registered ? 'registered' : `not registered: ${reasonOf(row)}`,
    row.mode === 'socket' ? 'key on the host, behind a socket that signs commits' : 'key also in its home',
  ]
}

/** What `identity export` can print. */
export const EXPORT_FORMATS = ['document', 'did', 'ssh', 'allowed-signers'] as const

/** Public identities in one of those formats. */
export function exportText(
  exported: readonly ExportedIdentity[],
  format: (typeof EXPORT_FORMATS)[number],
): string {
  return exported
    .flatMap(({ did, public_key, document, allowed_signers }) => {
      if (format === 'document') return JSON.stringify(document, null, 2)
      if (format === 'did') return did
      return format === 'ssh' ? `${public_key} ${did}` : allowed_signers
    })
    .join('\n')
}

/** One identity with the keys that it had before. */
export function reportLines(report: IdentityReport): string[] {
  const past = report.keys.filter(({ valid_until }) => valid_until !== null)
  const words = past.map(({ did, status, valid_until, reason }) => {
    const why = reason === null ? '' : `: ${sanitizeLine(reason)}`
    return `${did} ${status} ${valid_until}${why}`
  })
  return [...identityLines(report), ...words]
}

function registeredText(row: IdentityRow): string {
  return row.registered ? 'yes' : `no: ${reasonOf(row)}`
}

function reasonOf({ reason }: IdentityRow): string {
  return reason === null ? 'no reason is known' : sanitizeLine(reason)
}
