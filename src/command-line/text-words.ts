/** What `exec` and its like are given: flags before or after the name, up to the first word of text; the rest verbatim. */
export interface TextArguments {
  /** Flags, for the parser. */
  flags: string[]
  name: string | undefined
  words: string[]
}

/**
 * Separates flags, name and text. `valueFlags` are those that take a value as the next word. A `--` ends the flags.
 * The first word is a name unless `takesName` says otherwise, by the flags before it.
 */
export function splitText(
  argv: readonly string[],
  valueFlags: readonly string[],
  takesName: (flags: readonly string[]) => boolean = () => true,
): TextArguments {
  const flags: string[] = []
  let name: string | undefined
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--')
      return name === undefined && takesName(flags)
        ? { flags, name: argv[at + 1], words: argv.slice(at + 2) }
        : { flags, name, words: argv.slice(at + 1) }
    if (word.startsWith('-') && word !== '-') {
      flags.push(word)
      if (valueFlags.includes(word)) {
        at += 1
        flags.push(...argv.slice(at, at + 1))
      }
    } else if (name === undefined && takesName(flags)) name = word
    else return { flags, name, words: argv.slice(at) }
  }
  return { flags, name, words: [] }
}
