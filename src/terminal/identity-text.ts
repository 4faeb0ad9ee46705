import type { IdentityRow } from '../agents/identity/manage.ts'
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
  return [row.did, registeredText(row) === 'yes' ? 'registered' : `not registered: ${reasonOf(row)}`]
}

function registeredText(row: IdentityRow): string {
  return row.registered ? 'yes' : `no: ${reasonOf(row)}`
}

function reasonOf({ reason }: IdentityRow): string {
  return reason === null ? 'no reason is known' : sanitizeLine(reason)
}
