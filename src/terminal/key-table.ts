import type { KeyStatus } from '../agents/profile-report/keys.ts'
import { coloursFor } from './colour.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `keys`. */
export function keyTable(
  keys: readonly KeyStatus[],
  stream: TableStream,
  options = { withProfile: true },
): string {
  const { bold, green, yellow, dim } = coloursFor(stream)
  const needed = { 'all-of': 'needed', 'any-of': 'one of these', optional: 'optional' }
  return formatTable(
    keys,
    [
      ...(options.withProfile
        ? [{ header: 'PROFILE', value: ({ profile }: KeyStatus) => profile, fixed: true }]
        : []),
      {
        header: 'KEY',
        value: ({ name }) => (name.startsWith('file:') ? `~/${name.slice(5)}` : name),
        fixed: true,
      },
      { header: 'NEED', value: ({ need }) => needed[need], dropRank: 1 },
      {
        header: 'SET IN',
        value: ({ source }) => source?.replace('-', ' ') ?? 'missing',
        paint: (text, { source, need }) =>
          source ? green(text) : need === 'all-of' ? yellow(text) : dim(text),
      },
      { header: 'VALUE', value: ({ masked }) => masked ?? '', dropRank: 2 },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
}
