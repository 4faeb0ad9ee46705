import type { CommandRow } from '../extensions/command-list.ts'
import { coloursFor } from './colour.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `commands`. Where a command comes from is shown if a plugin of the user's brings it. */
export function commandTable(
  rows: readonly CommandRow[],
  own: ReadonlySet<string>,
  stream: TableStream,
): string {
  const { bold } = coloursFor(stream)
  return formatTable(
    rows,
    [
      { header: 'COMMAND', value: ({ name }) => name, fixed: true },
      ...(rows.some(({ plugin }) => own.has(plugin)) ? [pluginColumn(own)] : []),
      { header: 'WHAT IT DOES', value: ({ description }) => description.replace(/\.$/, '') },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
}

function pluginColumn(own: ReadonlySet<string>) {
  const value = ({ plugin }: CommandRow) => (own.has(plugin) ? plugin : '')
  return { header: 'PLUGIN', value, dropRank: 1 }
}
