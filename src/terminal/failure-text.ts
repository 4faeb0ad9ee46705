import { visibleText } from './visible.ts'

/** What failed, and below it what mends it. Words that were given come back with nothing in them that acts on a terminal. */
export function failureText(what: string, fix?: string): string {
  return visibleText(`agentvm: ${what}\n${fix ? `  → ${fix}\n` : ''}`)
}
