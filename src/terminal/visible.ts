/** Controls but the tab, separators of lines, characters that turn the direction of text, and half characters. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu

/** A line of an agent's text with everything that could move the cursor, colour, or turn text made visible: `^[`, `<U+202E>`. */
export function visibleLine(text: string): string {
  return text.replace(UNSAFE, (char) => {
    if (char === '\t') return char
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
    return code === 0x7f ? '^?' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}

/** Lines of such text, as {@link visibleLine} shows each. */
export function visibleText(text: string): string {
  return text.split('\n').map(visibleLine).join('\n')
}

/**
 * A path, one character a byte, as people and `git apply` read it: as it is, or quoted as git does if it holds quotes,
 * controls, or bytes that aren't UTF-8.
 */
export function quotedPath(path: string): string {
  const bytes = Buffer.from(path, 'latin1')
  const text = bytes.toString('utf8')
  if (
    !/["\\]/.test(text) &&
    Buffer.from(text).equals(bytes) &&
    visibleLine(text) === text &&
    !text.includes('\t')
  ) {
    return text
  }
  const quoted = path.replace(/["\\]|[^\x20-\x7e]/g, (char) => {
    const named = NAMED[char]
    return named ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
  return `"${quoted}"`
}

const NAMED: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
