import { sanitizeLine } from './sanitize.ts'
import { textWidth, truncateText } from './width.ts'

/** One column of a table. */
export interface Column<Row> {
  header: string
  /** The cell's text. Empty is shown as `-`, so that columns can be counted. */
  value: (row: Row) => string
  align?: 'left' | 'right'
  /** Colours a cell. */
  paint?: (text: string, row: Row) => string
  /** Never cut, such as a name. */
  fixed?: boolean
  /** Where all columns can't fit, those with a rank are left out, the lowest first. The others stay. */
  dropRank?: number
}

/** Where a table goes. */
export interface TableStream {
  isTTY?: boolean
  columns?: number
}

/** Columns that a table may take: a terminal's; as many as it needs elsewhere. */
export function widthOf(stream: TableStream): number | undefined {
  return stream.isTTY ? stream.columns : undefined
}

const GAP = '  '
/** A column isn't cut to less than this. */
const NARROWEST = 6

/**
 * A table with aligned columns. With `width`, a terminal's, the widest columns are cut so that it fits, then columns
 * are left out, as far as that goes; without, nothing is cut. What agents and users wrote can't harm the terminal.
 */
export function formatTable<Row>(
  rows: readonly Row[],
  all: readonly Column<Row>[],
  options: { width?: number | undefined; paintHeader?: (text: string) => string } = {},
): string {
  const { columns, cells } = withoutSurplus(
    all,
    rows.map((row) => all.map((column) => sanitizeLine(column.value(row)) || '-')),
    options.width,
  )
  const headers = columns.map(({ header }) => header)
  const natural = naturalWidths(columns, cells)
  const widths = options.width === undefined ? natural : shrinkToFit(natural, columns, options.width)
  const line = (texts: readonly string[], paint: (text: string, column: Column<Row>) => string) => {
    const padded = columns.map((column, index) => {
      const width = widths[index] ?? 0
      const text = truncateText(texts[index] ?? '', width)
      const padding = ' '.repeat(width - textWidth(text))
      const isLast = index === columns.length - 1
      return column.align === 'right'
        ? padding + paint(text, column)
        : paint(text, column) + (isLast ? '' : padding)
    })
    return `${padded.join(GAP)}\n`
  }
  const paintHeader = options.paintHeader ?? ((text: string) => text)
  const body = rows.map((row, index) =>
    line(cells[index] ?? [], (text, column) => column.paint?.(text, row) ?? text),
  )
  return [line(headers, paintHeader), ...body].join('')
}

/** Leaves out columns until the rest, cut as far as may be, fits. */
function withoutSurplus<Row>(
  all: readonly Column<Row>[],
  cells: readonly string[][],
  width: number | undefined,
): { columns: readonly Column<Row>[]; cells: readonly string[][] } {
  const least = leastWidths(naturalWidths(all, cells), all)
  const kept = new Set(all)
  const needed = () =>
    all.reduce((sum, column, index) => sum + (kept.has(column) ? (least[index] ?? 0) + GAP.length : 0), 0)
  for (const column of all
    .filter(({ dropRank }) => dropRank !== undefined)
    .sort((a, b) => (a.dropRank ?? 0) - (b.dropRank ?? 0))) {
    if (width === undefined || needed() - GAP.length <= width) break
    kept.delete(column)
  }
  const stays = (_: unknown, index: number) => kept.has(all[index] as Column<Row>)
  return { columns: all.filter(stays), cells: cells.map((line) => line.filter(stays)) }
}

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly string[][]): number[] {
  return columns.map(({ header }, index) =>
    cells.reduce((widest, line) => Math.max(widest, textWidth(line[index] ?? '')), textWidth(header)),
  )
}

function leastWidths<Row>(natural: readonly number[], columns: readonly Column<Row>[]): number[] {
  return columns.map(({ header, fixed }, index) => {
    const width = natural[index] ?? 0
    return fixed ? width : Math.min(width, Math.max(NARROWEST, textWidth(header)))
  })
}

/** Takes from the widest columns that may be cut until the sum fits. */
function shrinkToFit<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  width: number,
): number[] {
  const widths = [...natural]
  const least = leastWidths(natural, columns)
  let excess = widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width
  for (; excess > 0; excess -= 1) {
    let widest = -1
    for (const [index, each] of widths.entries()) {
      if (each > (least[index] ?? 0) && each > (widths[widest] ?? 0)) widest = index
    }
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}
