import type { Colours } from '../colour.ts'
import { formatTable } from '../table.ts'
import { textWidth, truncateText } from '../width.ts'
import { footerLine, HELP, titleLine } from './bars.ts'
import { dashboardColumns } from './columns.ts'
import type { DashboardRow } from './rows.ts'
import type { DashboardState } from './state.ts'

/** What the dashboard shows, whatever the terminal's size. */
export interface DashboardView {
  state: DashboardState
  rows: DashboardRow[]
  /** All agents, also those that the filter hides. */
  total: number
  running: number
  /** Last lines of what the selected agent shows, made safe. */
  output: string[]
  /** What just happened; empty if nothing did. */
  notice: string
}

/** A terminal's size. */
export interface Size {
  columns: number
  rows: number
}

/** Title, head of the table, footer. */
const FIXED_ROWS = 3
/** Rows of the output with its title, on a high terminal and on a low one. */
const OUTPUT_ROWS = { high: 9, low: 3 }

/** How the rows below the head are shared between the agents and the output of the selected one (with its title). */
export function shareRows({ rows }: Size, count: number): { list: number; output: number } {
  const free = Math.max(1, rows - FIXED_ROWS)
  const wanted = free >= 18 ? OUTPUT_ROWS.high : free >= 6 ? OUTPUT_ROWS.low : 0
  const list = Math.max(1, Math.min(count, free - wanted))
  return { list, output: free - list >= 2 ? free - list : 0 }
}

/** The first row to show, so that the selected one is on the screen. */
export function firstShown(selected: number, count: number, shown: number): number {
  return Math.max(0, Math.min(selected - Math.floor(shown / 2), count - shown))
}

/** The lines of the whole screen: as many as the terminal has. */
export function dashboardLines(view: DashboardView, size: Size, paints: Colours): string[] {
  const { list, output } = shareRows(size, view.rows.length)
  const table = tableLines(view, size.columns, paints)
  const first = firstShown(view.state.index, view.rows.length, list)
  const body =
    view.state.mode.kind === 'help'
      ? HELP.map((line) => truncateText(line, size.columns))
      : [
          table[0] ?? '',
          ...filled(table.slice(1 + first, 1 + first + list), list),
          ...(output > 0 ? outputLines(view, { ...size, rows: output }, paints) : []),
        ]
  return [
    paints.bold(truncateText(titleLine(view), size.columns)),
    ...filled(body, Math.max(0, size.rows - 2)),
    footer(view, size.columns, paints),
  ].slice(-size.rows)
}

/** Head and rows of the table, the selected one marked. */
function tableLines({ rows, state }: DashboardView, columns: number, paints: Colours): string[] {
  if (rows.length === 0) return ['', '  no agents']
  const text = formatTable(rows, dashboardColumns(paints), { width: columns - 2, paintHeader: paints.dim })
  const [head = '', ...lines] = text.trimEnd().split('\n')
  return [
    `  ${head}`,
    ...lines.map((line, index) =>
      rows[index]?.id === state.selected ? `${paints.cyan('>')} ${paints.bold(line)}` : `  ${line}`,
    ),
  ]
}

function outputLines({ rows, state, output }: DashboardView, size: Size, paints: Colours): string[] {
  const row = rows[state.index]
  if (!row) return []
  const title = truncateText(`── ${row.name} `, size.columns)
  return [
    paints.dim(title + '─'.repeat(size.columns - textWidth(title))),
    ...output.slice(-(size.rows - 1)).map((line) => truncateText(line, size.columns)),
  ]
}

function footer(view: DashboardView, columns: number, paints: Colours): string {
  const { text, fromEnd } = footerLine(view)
  const line = fromEnd ? endOf(text, columns) : truncateText(text, columns)
  return view.state.mode.kind === 'list' && view.notice === '' ? paints.dim(line) : paints.yellow(line)
}

/** The end of a text that is too wide: where one is typing. */
function endOf(text: string, columns: number): string {
  let chars = [...text]
  while (textWidth(chars.join('')) > columns) chars = chars.slice(Math.max(1, chars.length - columns))
  return chars.join('')
}

function filled(lines: readonly string[], count: number): string[] {
  return [...lines, ...Array<string>(Math.max(0, count - lines.length)).fill('')].slice(0, count)
}
