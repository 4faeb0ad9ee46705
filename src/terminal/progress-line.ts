import { sanitizeLine } from './sanitize.ts'
import { truncateText } from './width.ts'

/** Two texts a moment apart can't both be read. */
const SHOWN_AT_LEAST_MS = 80

/**
 * Shows on one line of a terminal how far a long work is: each text replaces the one before, an empty one clears the
 * line. Off a terminal it shows nothing.
 */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): (text: string) => void {
  if (!stream.isTTY || process.env.TERM === 'dumb') return () => {}
  let shownAt = Number.NEGATIVE_INFINITY
  return (text) => {
    const now = performance.now()
    if (text !== '' && now - shownAt < SHOWN_AT_LEAST_MS) return
    if (text === '' && shownAt === Number.NEGATIVE_INFINITY) return
    shownAt = text === '' ? Number.NEGATIVE_INFINITY : now
    stream.write(`\r\x1b[K${truncateText(sanitizeLine(text), (stream.columns || 80) - 1)}`)
  }
}
