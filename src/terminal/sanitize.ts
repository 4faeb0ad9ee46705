import stripAnsi from 'strip-ansi'

/** Controls, separators of lines, characters that turn the direction of text, and half characters. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]+/gu

/** A short text of an agent or a user as one line that can't move the cursor, colour, or turn what stands around it. */
export function sanitizeLine(text: string): string {
  return stripAnsi(text).replaceAll(UNSAFE, ' ').trim()
}

/** A line of output as text of known width that can't harm the terminal either; what indents it stays. */
export function sanitizeOutput(line: string): string {
  return stripAnsi(line).replaceAll('\t', '    ').replaceAll(UNSAFE, ' ').trimEnd()
}
