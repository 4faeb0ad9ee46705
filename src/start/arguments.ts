/** Flags of the commands that type text that have a value of their own, and those in the place of a name. */
const VALUED = ['--file', '-f', '--timeout', '--tag', '-t', '--id']
const CHOOSING = /^(?:--tag(?:=|$)|-t|--all$)/

/**
 * The arguments as oclif should see them: it takes `--help` anywhere before a `--` for its own, also in the text of
 * `agentvm exec c1 git --help`, and knows no `-h`.
 */
export function readArguments(argv: readonly string[]): string[] {
  const [command, ...rest] = argv
  if (command === '-h') return ['--help', ...rest]
  if (command !== 'exec' && command !== 'broadcast') return [...argv]
  let isNamed = command === 'broadcast'
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (word === '--') return [...argv]
    isNamed ||= CHOOSING.test(word)
    if (VALUED.includes(word)) at += 1
    else if (word === '-' || !word.startsWith('-')) {
      if (isNamed) return [command, ...rest.slice(0, at), '--', ...rest.slice(at)]
      isNamed = true
    }
  }
  return [...argv]
}
