import { editedLine, movedIndex } from './editing.ts'
import { type DashboardRow, SORTS, type Sort } from './rows.ts'

/** What the keys mean now. */
type Mode =
  | { kind: 'list' }
  | { kind: 'help' }
  | { kind: 'filter' }
  /** A message to one agent is being typed. */
  | { kind: 'message'; name: string; text: string }
  /** Something is asked before it is done. */
  | { kind: 'confirm'; action: 'kill' | 'restart'; name: string }

/** What the user has chosen to see. */
export interface DashboardState {
  mode: Mode
  filter: string
  sort: Sort
  /** Id of the selected agent. */
  selected: string | undefined
  /** Where the selected one stood: what takes its place is selected when it goes. */
  index: number
}

/** What a key asks for beyond a change of the state. */
export type Action =
  | { kind: 'quit' | 'interrupt' | 'stop' }
  | { kind: 'attach' | 'logs' | 'diff'; name: string }
  | { kind: 'kill' | 'restart'; name: string }
  | { kind: 'message'; name: string; text: string }

export const FIRST_STATE: DashboardState = {
  mode: { kind: 'list' },
  filter: '',
  sort: 'name',
  selected: undefined,
  index: 0,
}

/** The state once the rows have changed: the selected agent stays selected as long as it is there. */
export function withRows(state: DashboardState, rows: readonly DashboardRow[]): DashboardState {
  const found = rows.findIndex(({ id }) => id === state.selected)
  return select(state, rows, found < 0 ? state.index : found)
}

/** What a key does. `page`: how many rows a page has. */
export function press(
  state: DashboardState,
  key: string,
  rows: readonly DashboardRow[],
  page: number,
): { state: DashboardState; action?: Action } {
  if (key === 'ctrl-c') return { state, action: { kind: 'interrupt' } }
  if (key === 'ctrl-z') return { state, action: { kind: 'stop' } }
  switch (state.mode.kind) {
    case 'list':
      return pressInList(state, key, rows, page)
    case 'help':
      return { state: { ...state, mode: { kind: 'list' } } }
    case 'filter':
      return { state: pressInFilter(state, key, rows, page) }
    case 'message':
      return pressInMessage(state, state.mode, key)
    case 'confirm': {
      const { action, name } = state.mode
      const next: DashboardState = { ...state, mode: { kind: 'list' } }
      return key === 'y' || key === 'Y' ? { state: next, action: { kind: action, name } } : { state: next }
    }
  }
}

/** What a paste does: text where text is typed, else nothing, lest its letters be taken for commands. */
export function paste(state: DashboardState, text: string): DashboardState {
  const { mode } = state
  if (mode.kind === 'message') return { ...state, mode: { ...mode, text: mode.text + text } }
  if (mode.kind === 'filter') return { ...state, filter: state.filter + text.replaceAll(/\s+/g, ' ') }
  return state
}

function pressInList(
  state: DashboardState,
  key: string,
  rows: readonly DashboardRow[],
  page: number,
): { state: DashboardState; action?: Action } {
  const to = movedIndex(key, state.index, rows.length, page)
  if (to !== undefined) return { state: select(state, rows, to) }
  const mode = (mode: Mode) => ({ state: { ...state, mode } })
  switch (key) {
    case 'q':
      return { state, action: { kind: 'quit' } }
    case '?':
    case 'h':
      return mode({ kind: 'help' })
    case '/':
      return mode({ kind: 'filter' })
    case 'escape':
      return { state: { ...state, filter: '' } }
    case 's':
      return {
        state: { ...state, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length] ?? 'name' },
      }
  }
  const row = rows[state.index]
  if (!row) return { state }
  const { name } = row
  switch (key) {
    case 'enter':
    case 'a':
      return { state, action: { kind: 'attach', name } }
    case 'l':
      return { state, action: { kind: 'logs', name } }
    case 'd':
      return { state, action: { kind: 'diff', name } }
    case 'm':
      return mode({ kind: 'message', name, text: '' })
    case 'x':
      return mode({ kind: 'confirm', action: 'kill', name })
    case 'r':
      return row.running
        ? mode({ kind: 'confirm', action: 'restart', name })
        : { state, action: { kind: 'restart', name } }
    default:
      return { state }
  }
}

function pressInFilter(
  state: DashboardState,
  key: string,
  rows: readonly DashboardRow[],
  page: number,
): DashboardState {
  if (key === 'enter') return { ...state, mode: { kind: 'list' } }
  if (key === 'escape') return { ...state, mode: { kind: 'list' }, filter: '' }
  const to = key.length > 1 ? movedIndex(key, state.index, rows.length, page) : undefined
  return to === undefined ? { ...state, filter: editedLine(state.filter, key) } : select(state, rows, to)
}

function pressInMessage(
  state: DashboardState,
  mode: Mode & { kind: 'message' },
  key: string,
): { state: DashboardState; action?: Action } {
  const list: DashboardState = { ...state, mode: { kind: 'list' } }
  if (key === 'escape') return { state: list }
  if (key === 'enter') {
    const { name, text } = mode
    return text === '' ? { state: list } : { state: list, action: { kind: 'message', name, text } }
  }
  return { state: { ...state, mode: { ...mode, text: editedLine(mode.text, key) } } }
}

function select(state: DashboardState, rows: readonly DashboardRow[], to: number): DashboardState {
  const index = Math.max(0, Math.min(to, rows.length - 1))
  return { ...state, index, selected: rows[index]?.id }
}
