import type { SettingRow } from '../settings/config-file-values.ts'
import { coloursFor } from './colour.ts'
import { formatTable, type TableStream, widthOf } from './table.ts'

/** The table of `config list`. */
export function settingTable(rows: readonly SettingRow[], stream: TableStream): string {
  const { bold, dim, red } = coloursFor(stream)
  return formatTable(
    rows,
    [
      { header: 'KEY', value: ({ key }) => key, fixed: true },
      {
        header: 'VALUE',
        value: ({ value }) => String(value ?? ''),
        paint: (text, { problem, source }) => (problem ? red(text) : source === 'default' ? dim(text) : text),
      },
      { header: 'FROM', value: ({ source }) => source },
      { header: 'TAKES', value: ({ type }) => type, dropRank: 2 },
      { header: 'DESCRIPTION', value: ({ description }) => description, dropRank: 1 },
    ],
    { width: widthOf(stream), paintHeader: bold },
  )
}
