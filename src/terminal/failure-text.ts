import { visibleLine } from './visible.ts'

/** What failed, and below it what mends it. Words that were given come back with nothing in them that acts on a terminal. */
export function failureText(what: string, fix?: string): string {
  return `agentvm: ${visible(what)}\n${fix ? `  → ${visible(fix)}\n` : ''}`
}

function visible(text: string): string {
  return text.split('\n').map(visibleLine).join('\n')
}
