import type { Command, Config } from '@oclif/core'
import { compareText } from './order.ts'

/** One argument of a command, as `commands --json` prints it. */
interface ArgumentRow {
  name: string
  description: string
  required: boolean
  /** What it can be, if that is known. */
  options: string[] | null
}

/** One flag of a command. */
interface FlagRow {
  name: string
  char: string | null
  aliases: string[]
  description: string
  /** A `boolean` takes no value. */
  type: 'boolean' | 'option'
  required: boolean
  /** Whether it can be given again and again. */
  multiple: boolean
  /** Whether there is a `--no-…` of it. */
  allow_no: boolean
  options: string[] | null
}

/** One command, as `commands --json` prints it. */
export interface CommandRow {
  /** Its words: `plugins install`. */
  name: string
  aliases: string[]
  /** The package that it comes from: `agentvm`, or a plugin. */
  plugin: string
  description: string
  hidden: boolean
  /** Whether it has `--json`. */
  json: boolean
  /** Whether it takes more arguments than it names. */
  many: boolean
  arguments: ArgumentRow[]
  flags: FlagRow[]
}

/** Every command that can be reached, those of plugins, too, by name. `hidden`: also those that help leaves out. */
export function listCommands(config: Pick<Config, 'commands'>, options: { hidden: boolean }): CommandRow[] {
  return config.commands
    .filter(({ id, aliases, hiddenAliases }) => !aliases.includes(id) && !hiddenAliases.includes(id))
    .map(rowOf)
    .filter(({ hidden }) => options.hidden || !hidden)
    .sort((a, b) => compareText(a.name, b.name))
}

function rowOf(command: Command.Loadable): CommandRow {
  const { id, aliases, pluginName, hidden, strict, enableJsonFlag, args, flags } = command
  return {
    name: spaced(id),
    aliases: [...aliases].map(spaced).sort(compareText),
    plugin: pluginName ?? '',
    description: firstLine(command.summary ?? command.description ?? ''),
    hidden: hidden ?? false,
    json: enableJsonFlag === true,
    many: strict === false,
    arguments: Object.values(args).map((arg) => ({
      ...{ name: arg.name, description: arg.description ?? '' },
      ...{ required: arg.required ?? false, options: arg.options ? [...arg.options] : null },
    })),
    flags: Object.values(flags)
      .filter((flag) => options(flag).hidden !== true)
      .map(flagRow)
      .sort((a, b) => compareText(a.name, b.name)),
  }
}

function flagRow(flag: Command.Flag.Cached): FlagRow {
  const { multiple = false, options: words } = options(flag)
  return {
    ...{ name: flag.name, char: flag.char ?? null, aliases: [...(flag.aliases ?? [])] },
    ...{ description: flag.summary ?? flag.description ?? '', type: flag.type },
    ...{ required: flag.required ?? false, multiple },
    allow_no: flag.type === 'boolean' && (flag.allowNo ?? false),
    options: words ? [...words] : null,
  }
}

/** The fields that only some kinds of flags have. */
const options = (flag: Command.Flag.Cached) =>
  flag as { hidden?: boolean; multiple?: boolean; options?: readonly string[] }

const firstLine = (text: string) => (text.split('\n')[0] ?? '').replaceAll('<%= config.bin %>', 'agentvm')

const spaced = (id: string) => id.replaceAll(':', ' ')
