/** Quotes one word for a POSIX shell: any text but NUL comes back byte for byte. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Quotes each word and joins them with spaces. */
export function shellJoin(words: readonly string[]): string {
  return words.map(shellQuote).join(' ')
}

const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const TOKEN = /\\([\s\S])|\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\s\\'"])/y

/** Splits what {@link shellJoin} or bash's `printf %q` wrote into words. Nothing is expanded or executed. Undefined if a quote isn't closed. */
export function shellSplit(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  while (at < text.length) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match) {
      word = (word ?? '') + tokenText(match)
      at = TOKEN.lastIndex
    } else if (/\s/.test(text.charAt(at))) {
      if (word !== undefined) words.push(word)
      word = undefined
      at += 1
    } else return undefined
  }
  if (word !== undefined) words.push(word)
  return words
}

function tokenText([, escaped, ansi, single, double, plain]: RegExpExecArray): string {
  if (ansi !== undefined) return decodeAnsiC(ansi)
  if (double !== undefined) return double.replaceAll(/\\([$`"\\])/g, '$1')
  return escaped ?? single ?? plain ?? ''
}

/** Decodes the inside of bash's `$'…'`. Octal and hex escapes are bytes of UTF-8. */
function decodeAnsiC(text: string): string {
  const parts: Buffer[] = []
  for (const [token] of text.matchAll(
    /\\x[0-9a-fA-F]{1,2}|\\u[0-9a-fA-F]{1,4}|\\U[0-9a-fA-F]{1,8}|\\[0-7]{1,3}|\\[\s\S]|[^\\]+/g,
  )) {
    if (!token.startsWith('\\')) parts.push(Buffer.from(token))
    else if (/^\\x/.test(token)) parts.push(Buffer.from([Number.parseInt(token.slice(2), 16)]))
    else if (/^\\[uU]/.test(token))
      parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(token.slice(2), 16))))
    else if (/^\\[0-7]/.test(token)) parts.push(Buffer.from([Number.parseInt(token.slice(1), 8) & 255]))
    else parts.push(Buffer.from(ESCAPES[token.charAt(1)] ?? token.charAt(1)))
  }
  return Buffer.concat(parts).toString('utf8')
}
