import { renameSync, statSync } from 'node:fs'
import type { Home } from '../../settings/home.ts'
import { appendLine, errorCode } from '../../system/files.ts'
import { withFreeLock } from '../../system/lock.ts'

/** Size from which a journal is put aside, in bytes. */
const LARGEST = 16 * 1024 * 1024
/** How many that were put aside are kept of each: `history.log.1`, the newest of them, to `history.log.8`. */
export const KEPT = 8
/** No field is longer, in characters: one write takes the whole line. */
const LONGEST_FIELD = 4_000
/** Controls, among them tab and newline, and what some readers take for a newline. */
const UNSAFE = /[\p{Cc}\u2028\u2029]+/gu

/**
 * Adds one line to `history.log`, by one write: lines of several processes don't mix. Puts the file aside once it is
 * large. A writer that opened it before that writes into the one that was put aside: no line is lost.
 */
export function appendJournal(home: Home, fields: readonly string[], largest = LARGEST): void {
  appendLine(home.journal, fields.map(asField).join('\t'))
  putAsideIfLarge(home, home.journal, largest)
}

/** Adds one line to `events.jsonl`, as {@link appendJournal} does. */
export function appendEvent(home: Home, event: Record<string, unknown>, largest = LARGEST): void {
  appendLine(home.events, JSON.stringify(event))
  putAsideIfLarge(home, home.events, largest)
}

function putAsideIfLarge(home: Home, path: string, largest: number): void {
  if (sizeOf(path) <= largest) return
  withFreeLock(`${home.root}/.history.lock`, () => {
    if (sizeOf(path) > largest) putAside(path)
  })
}

function putAside(journal: string): void {
  const paths = [journal, ...Array.from({ length: KEPT }, (_, index) => `${journal}.${index + 1}`)]
  for (let index = KEPT; index > 0; index -= 1) moveIfExists(paths[index - 1] ?? '', paths[index] ?? '')
}

function moveIfExists(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

function asField(text: string): string {
  return text.slice(0, LONGEST_FIELD).replaceAll(UNSAFE, ' ')
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
