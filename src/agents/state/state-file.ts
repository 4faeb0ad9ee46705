import { UserError } from '../../errors.ts'

/**
 * The text of a state file: one `KEY='value'` a line, as the bash tool writes it. An embedded quote is `'\''`, a
 * value may span lines, and a value may be unquoted (the bash tool's `rename`). Parsed, never executed.
 */
export type StateValues = Record<string, string>

const LINE = /([A-Z][A-Z0-9_]*)=((?:'[^']*'|\\[\s\S]|"[^"]*"|[^\n'"\\])*)(?:\n|$)/y

/** Most lines are like that, and so read in half the time. */
const PLAIN_LINE = /([A-Z][A-Z0-9_]*)='([^'\n]*)'\n/y

/** Reads a state file's text. Throws a {@link UserError} with the line of the first thing that isn't `KEY='value'`. */
export function parseState(text: string, path: string): StateValues {
  const values: StateValues = {}
  let at = 0
  while (at < text.length) {
    PLAIN_LINE.lastIndex = at
    const plain = PLAIN_LINE.exec(text)
    if (plain) {
      values[plain[1] ?? ''] = plain[2] ?? ''
      at = PLAIN_LINE.lastIndex
      continue
    }
    LINE.lastIndex = at
    const match = LINE.exec(text)
    if (match) {
      values[match[1] ?? ''] = unquote(match[2] ?? '')
      at = LINE.lastIndex
    } else {
      const end = text.indexOf('\n', at)
      const line = text.slice(at, end < 0 ? undefined : end)
      if (line.trim() !== '' && !line.startsWith('#')) {
        const number = text.slice(0, at).split('\n').length
        throw new UserError(`the state file ${path} is damaged in line ${number}`, {
          fix: `mend that line (KEY='value'), or move the file away`,
        })
      }
      at += line.length + 1
    }
  }
  return values
}

/** Writes values in the order of their keys in the object. */
export function formatState(values: StateValues): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('')
}

function unquote(raw: string): string {
  return raw.replaceAll(
    /'([^']*)'|\\([\s\S])|"([^"]*)"/g,
    (_, single?: string, escaped?: string, double?: string) => single ?? escaped ?? double ?? '',
  )
}
