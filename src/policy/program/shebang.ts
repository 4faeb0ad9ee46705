/** What a script's first line asks for. */
export interface Shebang {
  /** Absolute path of the interpreter. */
  path: string
  /** The program that `env` looks up on the PATH. */
  name?: string
}

/** Reads a script's first line; undefined if it has none, or one with a relative path. */
export function parseShebang(text: string): Shebang | undefined {
  const [, line] = /^#![ \t]*([^\r\n]*)/.exec(text) ?? []
  const [path, ...words] = (line ?? '').split(/[ \t]+/).filter((word) => word !== '')
  if (!path?.startsWith('/')) return undefined
  const name = path.endsWith('/env') ? commandOfEnv(words) : undefined
  return name === undefined ? { path } : { path, name }
}

/** The command among the arguments of `env`. */
function commandOfEnv(words: string[]): string | undefined {
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const split = /^(?:-[iv0]*S|--split-string=)(.+)$/.exec(word)
    if (split?.[1]) rest.unshift(split[1])
    else if (/^(-u|-C|--unset|--chdir)$/.test(word)) rest.shift()
    else if (!word.startsWith('-') && !/^\w+=/.test(word)) return word.replace(/^(["'])(.*)\1$/, '$2')
  }
  return undefined
}
