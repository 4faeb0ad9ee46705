const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * The line, from 1, in which a value of a JSON text begins, given its path as `check` writes it: `env.optional[0]`.
 * Where the path leads nowhere, that of the nearest value around it. The text must be valid JSON.
 */
export function lineOfJson(text: string, path: string): number {
  const wanted = path.split(/[.[\]]+/).filter((part) => part !== '')
  const open: (string | number)[] = []
  let found = { depth: -1, at: 0 }
  let key: string | undefined
  for (const token of text.matchAll(TOKEN)) {
    const [word] = token
    if (word === '}' || word === ']') open.pop()
    else if (word === ',') {
      const last = open.at(-1)
      if (typeof last === 'number') open[open.length - 1] = last + 1
    } else if (word !== ':') {
      const isKey = typeof open.at(-1) === 'string' && key === undefined && isFollowedByColon(text, token)
      if (isKey) {
        key = JSON.parse(word)
        open[open.length - 1] = key ?? ''
      } else key = undefined
      if (isPrefix(open, wanted) && open.length > found.depth) found = { depth: open.length, at: token.index }
      if (word === '{') open.push('')
      if (word === '[') open.push(0)
    }
  }
  return text.slice(0, found.at).split('\n').length
}

function isFollowedByColon(text: string, token: RegExpExecArray): boolean {
  return /^\s*:/.test(text.slice(token.index + token[0].length, token.index + token[0].length + 100))
}

function isPrefix(path: readonly (string | number)[], wanted: readonly string[]): boolean {
  return path.length <= wanted.length && path.every((part, index) => String(part) === wanted[index])
}
