import { UserError } from '../../errors.ts'
import type { Assignment } from '../../settings/env-file-syntax.ts'
import { shellSplit } from '../../system/shell-words.ts'

/** What stands for a `$NAME`. */
export type Expansions = Readonly<Record<'HOME' | 'SCRIPT_DIR', string>>

/** One piece of a value outside of double quotes: quoted in the ways of bash, a `"`, an escape, something to expand, plain text. */
const OUTSIDE =
  /'([^']*)'|(\$'(?:[^'\\]|\\[\s\S])*')|(\$?")|\\(\r?\n|[\s\S])|(\$\{[^}]*\}|\$[{(]|\$[A-Za-z0-9_@*#?$!-]+|`)|([^'"\\$`]+|\$)/y
/** The same within double quotes. */
const INSIDE = /(")|\\([$`"\\]|\r?\n)|(\$\{[^}]*\}|\$[{(]|\$[A-Za-z0-9_@*#?$!-]+|`)|(\\|[^"\\$`]+|\$)/y

/**
 * The value of an assignment as bash would read it, with `$HOME` and `$SCRIPT_DIR` expanded, and `~` where bash expands
 * it. Nothing is executed. Throws a {@link UserError} with the line of anything else that bash would expand.
 */
export function expandAssignment(
  { key, raw, line }: Pick<Assignment, 'key' | 'raw' | 'line'>,
  names: Expansions,
  path: string,
): string {
  let value = ''
  let quoted = false
  let at = 0
  const expand = (what: string) => expansion(what, names, () => whereOf(path, line, raw, at, key))
  while (at < raw.length) {
    const piece = quoted ? match(INSIDE, raw, at) : match(OUTSIDE, raw, at)
    // EnvText has accepted the value: every piece of it fits.
    if (!piece) break
    if (quoted) {
      const [, end, escaped, toExpand, plain] = piece
      if (end !== undefined) quoted = false
      else
        value += toExpand === undefined ? (escaped?.replace(/^\r?\n$/, '') ?? plain ?? '') : expand(toExpand)
    } else {
      const [, single, ansi, begin, escaped, toExpand, plain] = piece
      if (begin !== undefined) quoted = true
      else if (toExpand !== undefined) value += expand(toExpand)
      else if (ansi !== undefined) value += shellSplit(ansi)?.[0] ?? ''
      else if (plain !== undefined) value += withHome(plain, raw, at, names.HOME)
      else value += single ?? escaped?.replace(/^\r?\n$/, '') ?? ''
    }
    at += piece[0].length
  }
  return value
}

/** Text of a JSON profile with `~/`, `${HOME}` and `${SCRIPT_DIR}` expanded. */
export function expandPath(text: string, names: Expansions): string {
  return withHome(text, text, 0, names.HOME).replaceAll(
    /\$\{(HOME|SCRIPT_DIR)\}|\$(HOME|SCRIPT_DIR)\b/g,
    (_, braced?: keyof Expansions, bare?: keyof Expansions) => names[braced ?? bare ?? 'HOME'],
  )
}

/** Expands each `~` of a piece of a value that stands at the start of the value or of one of its `:`-separated parts, alone or before a `/`. */
function withHome(piece: string, whole: string, at: number, home: string): string {
  return piece.replaceAll('~', (tilde, offset: number) => {
    const isFirst = at + offset === 0 || whole.charAt(at + offset - 1) === ':'
    const next = whole.charAt(at + offset + 1)
    return isFirst && (next === '' || next === '/' || next === ':') ? home : tilde
  })
}

function expansion(text: string, names: Expansions, where: () => string): string {
  if (text === '`' || text === '$(') {
    throw new UserError(
      `${where()}: a profile isn't executed, so ${text === '`' ? '`…`' : '$(…)'} can't be used`,
      {
        fix: 'write the value itself; what has to run before the agent goes into PROFILE_POST_CREATE_SCRIPT',
      },
    )
  }
  const name = /^\$\{?([^}]*)\}?$/.exec(text)?.[1] ?? ''
  if (name === 'HOME' || name === 'SCRIPT_DIR') return names[name]
  throw new UserError(`${where()}: ${text} isn't known here`, {
    fix: 'only $HOME and $SCRIPT_DIR are expanded; write the value itself, or \\$ for a dollar sign',
  })
}

function whereOf(path: string, line: number, raw: string, at: number, key: string): string {
  return `line ${line + raw.slice(0, at).split('\n').length - 1} of ${path}: ${key}`
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
