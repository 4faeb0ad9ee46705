import type { DashboardView } from './layout.ts'

/** What the keys do: few lines, to fit a low terminal. */
export const HELP = [
  'arrows, k j, Page, Home, End   move',
  'Enter, a   attach; its detach key brings you back',
  'm   type a message into the agent',
  'l   its log        d   what it changed',
  'x   kill           r   restart',
  '/   filter by name, status, profile, sandbox, tag; Esc shows all',
  's   sort by name, status, CPU, memory, age',
  'q   quit           any key leaves this help',
]

const KEYS = '? help  q quit  a attach  m message  l log  d diff  x kill  r restart  / filter  s sort'

/** The first line: how many agents there are, and which of them are shown how. */
export function titleLine({ state, rows, total, running }: DashboardView): string {
  const filter = state.filter === '' ? '' : `, ${rows.length} with '${state.filter}'`
  return `agentvm: ${total} agents, ${running} running${filter}, by ${state.sort}`
}

/** The last line: a question or what is being typed, else news, else the keys. Its end matters most where `fromEnd`. */
export function footerLine({ state, notice }: DashboardView): { text: string; fromEnd: boolean } {
  const { mode } = state
  switch (mode.kind) {
    case 'confirm':
      return { text: `${mode.action} ${mode.name}? [y/N]`, fromEnd: false }
    case 'message':
      return { text: `to ${mode.name}: ${shown(mode.text)}_`, fromEnd: true }
    case 'filter':
      return { text: `/${shown(state.filter)}_`, fromEnd: true }
    default:
      return { text: notice || KEYS, fromEnd: false }
  }
}

/** Typed or pasted text on one line. */
function shown(text: string): string {
  return text.replaceAll(/\r\n?|\n/g, '⏎').replaceAll(/\p{Cc}/gu, ' ')
}
