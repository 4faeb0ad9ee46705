import { writeFileAtomic } from '../../system/files.ts'
import { plainGit } from '../git.ts'

/** One line of a git configuration file. */
export interface ConfigEntry {
  /** Lower case, such as `remote`. */
  section: string
  /** As written; undefined if there is none. */
  subsection: string | undefined
  /** Lower case, such as `url`. */
  name: string
  /** Undefined for a name alone, which means true. */
  value: string | undefined
}

/** What a configuration file says, parsed by git itself, which executes nothing for that and follows no include. */
export async function readGitConfig(file: string): Promise<ConfigEntry[]> {
  const { stdout } = await plainGit(['config', '--file', file, '--no-includes', '--list', '-z'])
  return stdout.split('\0').flatMap((line) => (line === '' ? [] : parseEntry(line)))
}

/** Replaces a configuration file. Comments are lost, the order stays. */
export function writeGitConfig(file: string, entries: readonly ConfigEntry[]): void {
  let header = ''
  const lines: string[] = []
  for (const entry of entries) {
    const { section, subsection } = entry
    const own = subsection === undefined ? `[${section}]` : `[${section} "${escaped(subsection)}"]`
    if (own !== header) lines.push(own)
    header = own
    lines.push(`\t${entry.name}${entry.value === undefined ? '' : ` = ${quote(entry.value)}`}`)
  }
  writeFileAtomic(file, `${lines.join('\n')}\n`, { mode: 0o644 })
}

/** The key as `git config` takes it. */
export function keyOf({ section, subsection, name }: ConfigEntry): string {
  return [section, ...(subsection === undefined ? [] : [subsection]), name].join('.')
}

/** `section[.sub.section].name\nvalue`, or without a value. Only a subsection can hold a dot. */
function parseEntry(line: string): ConfigEntry {
  const end = line.indexOf('\n')
  const key = end < 0 ? line : line.slice(0, end)
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
  return {
    section: key.slice(0, first),
    subsection: first === last ? undefined : key.slice(first + 1, last),
    name: key.slice(last + 1),
    value: end < 0 ? undefined : line.slice(end + 1),
  }
}

function quote(value: string): string {
  return `"${escaped(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
