/** One value of an ini file. A key can stand there several times. */
export interface IniValue {
  section: string
  key: string
  value: string
}

/** The values of an ini file as npm and pip write it: `key = value`, comments by `;` and `#`, a value's further lines indented. */
export function parseIni(text: string): IniValue[] {
  const values: IniValue[] = []
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith(';') || trimmed.startsWith('#')) continue
    const last = values.at(-1)
    const equals = trimmed.indexOf('=')
    if (trimmed.startsWith('[') && trimmed.endsWith(']')) section = trimmed.slice(1, -1).trim()
    else if (/^\s/.test(line) && last && section !== '') last.value = `${last.value} ${trimmed}`.trim()
    else if (equals > 0) {
      const key = trimmed.slice(0, equals).trim()
      values.push({ section, key, value: unquoted(trimmed.slice(equals + 1).trim()) })
    }
  }
  return values
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}
