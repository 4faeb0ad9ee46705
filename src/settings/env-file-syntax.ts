import { UserError } from '../errors.ts'
import { shellSplit } from '../system/shell-words.ts'

/** One `KEY=value` of a file. The parts around the value are kept as they are when the value changes. */
export interface Assignment {
  key: string
  value: string
  /** Line in which it begins, from 1. */
  line: number
  /** What stands before the value: indentation, `export`, key, `=`. */
  before: string
  /** The value as it is written. */
  raw: string
  /** What stands after the value: a comment, the newline. */
  after: string
}

/** A comment, an empty line, or a bare `export KEY`. */
interface OtherLine {
  text: string
}

const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/
const OTHER = /[ \t]*(?:#[^\n]*|export(?:[ \t]+[A-Za-z_][A-Za-z0-9_]*)+[ \t]*(?:#[^\n]*)?)?\r?(?:\n|$)/y
const BEFORE = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/y
const AFTER = /(?:[ \t]+(?:#[^\n]*)?)?\r?(?:\n|$)/y
/** One piece of a value: quoted in the ways of bash, an expansion (kept literally), an escape, or plain characters. */
const PIECE =
  /'([^']*)'|(\$'(?:[^'\\]|\\[\s\S])*')|\$?"((?:[^"\\]|\\[\s\S])*)"|(\$\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|`[^`\n]*`|\$\{[^}\n]*\})|\\(\r?\n|[\s\S])|([^ \t\r\n'"\\`;&|<>()$]+|\$)/y
const NEEDS_NO_QUOTES = /^[A-Za-z0-9_./:=@%+,-]+$/

/**
 * The text of a file of `KEY=value` lines as bash would read it, but for expansion: nothing is expanded or executed,
 * `$(…)`, `` `…` `` and `$NAME` are text. Edits keep comments, order, and the lines they don't concern.
 */
export class EnvText {
  private readonly parts: (Assignment | OtherLine)[]

  private constructor(parts: (Assignment | OtherLine)[]) {
    this.parts = parts
  }

  /** Reads a text. Throws a {@link UserError} that names the first line that isn't understood, never its value. */
  static parse(text: string, path: string): EnvText {
    const parts: (Assignment | OtherLine)[] = []
    let at = 0
    let line = 1
    while (at < text.length) {
      const other = match(OTHER, text, at)
      const part = other ? { text: other[0] } : parseAssignment(text, at, line, path)
      const source = 'text' in part ? part.text : part.before + part.raw + part.after
      at += source.length
      line += source.split('\n').length - 1
      parts.push(part)
    }
    return new EnvText(parts)
  }

  /** The assignments in the order of the file. Of several with the same key the last one counts. */
  get assignments(): Assignment[] {
    return this.parts.filter((part): part is Assignment => 'key' in part)
  }

  get values(): Record<string, string> {
    return Object.fromEntries(this.assignments.map(({ key, value }) => [key, value]))
  }

  get(key: string): string | undefined {
    return this.assignments.findLast((part) => part.key === key)?.value
  }

  /** Changes the value in its place, or adds a line. Earlier lines for the same key go. */
  set(key: string, value: string): void {
    checkKey(key)
    if (value.includes('\0')) throw new UserError(`the value of ${key} holds a NUL byte`, { exitCode: 2 })
    const raw = NEEDS_NO_QUOTES.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
    const current = this.assignments.findLast((part) => part.key === key)
    this.remove((part) => part.key === key && part !== current)
    if (current) Object.assign(current, { value, raw })
    else {
      this.endLastLine()
      this.parts.push({ key, value, line: 0, before: `${key}=`, raw, after: '\n' })
    }
  }

  /** Removes all lines of a key. Returns whether there were any. */
  unset(key: string): boolean {
    return this.remove((part) => part.key === key)
  }

  toString(): string {
    return this.parts
      .map((part) => ('text' in part ? part.text : part.before + part.raw + part.after))
      .join('')
  }

  private remove(which: (part: Assignment) => boolean): boolean {
    const kept = this.parts.filter((part) => 'text' in part || !which(part))
    const removed = kept.length < this.parts.length
    this.parts.splice(0, this.parts.length, ...kept)
    return removed
  }

  private endLastLine(): void {
    const last = this.parts.at(-1)
    // What ends with a newline that is escaped, a value may, goes on in the next line.
    const end = last && ('text' in last ? last.text : last.after)
    if (end !== undefined && !end.endsWith('\n')) this.parts.push({ text: '\n' })
  }
}

/** Throws a {@link UserError} unless a variable may be called so. */
function checkKey(key: string): void {
  if (KEY.test(key)) return
  throw new UserError(`${JSON.stringify(key)} can't be the name of a variable`, {
    fix: 'use letters, digits and underscores, no digit first: NAME or NAME=VALUE',
    exitCode: 2,
  })
}

/** Reads `KEY=VALUE`, or `KEY` and perhaps a value beside it, as `env set` takes them. Throws a {@link UserError} on a bad name. */
export function splitAssignment(
  first: string,
  second: string | undefined,
): { key: string; value?: string | undefined } {
  const at = first.indexOf('=')
  const [key, value] = at < 0 ? [first, second] : [first.slice(0, at), first.slice(at + 1)]
  checkKey(key)
  if (at >= 0 && second !== undefined) {
    throw new UserError(`${key} has two values`, { fix: `quote the value: '${key}=…'`, exitCode: 2 })
  }
  return { key, value }
}

function parseAssignment(text: string, at: number, line: number, path: string): Assignment {
  const before = match(BEFORE, text, at)
  if (!before) throw damaged(path, line, 'is not KEY=value')
  const start = at + before[0].length
  let end = start
  let value = ''
  for (let piece = match(PIECE, text, end); piece; piece = match(PIECE, text, end)) {
    value += pieceText(piece)
    end += piece[0].length
  }
  const key = before[1] ?? ''
  const after = match(AFTER, text, end)
  if (!after) throw damaged(path, line, `(${key}) ${whatIsWrong(text, end)}`)
  return { key, value, line, before: before[0], raw: text.slice(start, end), after: after[0] }
}

function pieceText([, single, ansi, double, expansion, escaped, plain]: RegExpExecArray): string {
  if (ansi !== undefined) return shellSplit(ansi)?.[0] ?? ''
  if (double !== undefined) return double.replaceAll(/\\(?:\n|([$`"\\]))/g, '$1')
  if (escaped !== undefined) return escaped.endsWith('\n') ? '' : escaped
  return single ?? expansion ?? plain ?? ''
}

function whatIsWrong(text: string, at: number): string {
  const char = text.charAt(at)
  if (char === "'" || char === '"' || char === '`') return `has a ${char} that isn't closed`
  if (char === ' ' || char === '\t') return 'has something after the value: a value with spaces needs quotes'
  return `has ${JSON.stringify(char)} in the value: put the value in single quotes`
}

function damaged(path: string, line: number, what: string): UserError {
  return new UserError(`line ${line} of ${path} ${what}`, { fix: `mend that line in ${path}` })
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
