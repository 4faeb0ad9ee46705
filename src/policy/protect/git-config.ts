/** A line of a git configuration that gives a path: perhaps after its section's name, perhaps in quotes, continued, or with a comment. */
const LINE =
  /^[ \t]*(?:\[(?:[^\]"\n]|"(?:[^"\\\n]|\\.)*")*\][ \t]*)?(hookspath|path)[ \t]*=((?:"(?:[^"\\\n]|\\[\s\S])*"|\\\r?\n|\\.|[^"\\\n#;])*)/gim
const PIECE = /"((?:[^"\\]|\\[\s\S])*)"|\\(\r?\n|.)|[ \t\r]+$|([^"\\])/g
const ESCAPED: Record<string, string> = { n: '\n', t: '\t', b: '\b' }

/** A path that a git configuration names. */
export interface PathValue {
  /** Whether it is that of a further configuration file; else of a folder of hooks. */
  isFile: boolean
  value: string
}

/** The values of `core.hooksPath` and of `include.path` in the text of a git configuration, as git reads them. */
export function pathValues(text: string): PathValue[] {
  return [...text.matchAll(LINE)].flatMap(([, key = '', raw = '']) => {
    const value = unquoted(raw.trimStart())
    return value === '' ? [] : [{ isFile: key.toLowerCase() === 'path', value }]
  })
}

function unquoted(raw: string): string {
  return raw.replace(PIECE, (_, quoted?: string, escaped?: string, plain?: string) => {
    if (quoted !== undefined) return quoted.replace(/\\(\r?\n|.)/g, (_all, char: string) => unescaped(char))
    return escaped === undefined ? (plain ?? '') : unescaped(escaped)
  })
}

function unescaped(char: string): string {
  return char.endsWith('\n') ? '' : (ESCAPED[char] ?? char)
}
