import { nearest } from '../system/nearest.ts'

/** What oclif's parser throws, as far as it matters here. */
interface ParseError extends Error {
  parse?: { input?: { argv?: string[] } }
  /** Of an unknown flag: the words that were given. */
  flags?: string[]
  /** Of a missing argument. */
  args?: { name?: string; description?: string }[] | string[]
}

/** What a command takes. */
interface Known {
  id?: string | undefined
  flags?: Record<
    string,
    { char?: string | undefined; hidden?: boolean | undefined; aliases?: string[] | undefined }
  >
}

/** A mistake on the command line in agentvm's words, or undefined if the error is another one. */
export function badUsage(error: Error, command: Known): { message: string; fix: string } | undefined {
  if (!isOfParser(error)) return undefined
  const help = `agentvm help${command.id ? ` ${command.id.replaceAll(':', ' ')}` : ''}`
  const { flags, args } = error as ParseError
  if (flags?.length) {
    const known = Object.entries(command.flags ?? {}).filter(([, flag]) => !flag.hidden)
    const names = known.flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((each) => `--${each}`))
    const [first = ''] = flags
    const suggestion = first.startsWith('--') ? nearest(first.split('=')[0] ?? '', names) : undefined
    return {
      message: `there is no flag ${flags.join(' or ')}`,
      fix: suggestion ? `did you mean ${suggestion}?` : `'${help}' lists the flags`,
    }
  }
  const missing = (args ?? []).flatMap((arg) => (typeof arg === 'object' ? [arg] : []))
  if (missing.length > 0) {
    const names = missing.map(({ name = '?' }) => name.toUpperCase())
    const what = missing.length === 1 ? missing[0]?.description : undefined
    const are = missing.length === 1 ? 'is' : 'are'
    return { message: `${listed(names)} ${are} missing${what ? `: ${what}` : ''}`, fix: help }
  }
  return { message: plainMessage(error.message), fix: help }
}

/** What the parser throws where a flag lacks a value, has two, or one of the wrong kind is a plain error of oclif's with exit code 2. */
function isOfParser(error: Error & { code?: string; oclif?: { exit?: number } }): boolean {
  return 'parse' in error || (error.oclif?.exit === 2 && error.code !== 'EEXIT')
}

function listed(names: readonly string[]): string {
  return names.join(', ').replace(/, ([^,]*)$/, ' and $1')
}

/** oclif's sentence without its advice and its decoration. */
function plainMessage(message: string): string {
  const text = message
    .replace(/\nSee more help with --help[\s\S]*$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/^Parsing (\S+) \n\s*Expected/, '$1: expected')
    .replace(/^Flag (?=--)/, '')
    .replaceAll(/(--[\w-]+)=true(?= )/g, '$1')
    // biome-ignore lint/complexity/useRegexLiterals: a literal can't hold the escape
    .replaceAll(new RegExp('\\x1b\\[[0-9;]*m', 'g'), '')
    .trim()
  return text.charAt(0).toLowerCase() + text.slice(1)
}
