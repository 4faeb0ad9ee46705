import type { Command, Config } from '@oclif/core'
import type { Context } from '../agents/context.ts'
import { loadProfiles } from '../agents/profile-report/load.ts'
import { compareText } from '../extensions/order.ts'
import { listPlugins } from '../extensions/plugin-list.ts'
import { SETTING_KEYS } from '../settings/config-file-keys.ts'
import { type Values, valuesOfArguments, valuesOfFlag, valuesOfSetting } from './values.ts'

/** One flag of a command. */
interface FlagModel {
  /** `--tag`, `-t`, and `--no-…` where that is one. */
  names: string[]
  description: string
  /** What its value is completed with; undefined if it takes none. */
  values: Values | undefined
}

/** One command with what can follow it. */
export interface CommandModel {
  /** Its words: `spawn`, `env set`; first the real one, then other names of it. */
  ids: string[]
  description: string
  flags: FlagModel[]
  args: Values[]
  /** Whether the last argument can come again and again. */
  many: boolean
  /** Whether a command line of the user's follows a `--`. */
  takesCommand: boolean
}

/** All that the completion scripts know when they are made. */
export interface CompletionModel {
  commands: CommandModel[]
  /** First words that other words follow: `env`. */
  topics: { name: string; description: string }[]
  profiles: string[]
  sandboxes: string[]
  /** Those that the user has installed or linked. */
  plugins: string[]
  allPlugins: string[]
  settings: { key: string; values: Values }[]
  /** Names of variables that some profile asks for. */
  envNames: string[]
}

/** Gathers what completion can offer from the commands, those of plugins as well, and from what is installed. */
export async function completionModel(context: Context, config: Config): Promise<CompletionModel> {
  const commands = inFixedOrder(config)
    // An alias is listed as a command of its own, too.
    .filter(({ hidden, id, aliases }) => !hidden && !aliases.includes(id))
    .map(commandModel)
  const names = commands.flatMap(({ ids }) => ids)
  const topics = new Set(names.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0] ?? ''))
  const { loaded } = await loadProfiles(context)
  const plugins = listPlugins(config)
  return {
    // A command of a plugin that has the same name as one of ours isn't reachable.
    commands: commands.filter(
      ({ ids }, index) => commands.findIndex((each) => each.ids[0] === ids[0]) === index,
    ),
    topics: [...topics].map((name) => ({
      name,
      description: firstLine(config.topics.find((topic) => topic.name === name)?.description),
    })),
    profiles: context.extensions.list('profile').map(({ id }) => id),
    sandboxes: context.extensions.list('sandbox').map(({ id }) => id),
    plugins: plugins.filter(({ source }) => source !== 'built-in').map(({ name }) => name),
    allPlugins: plugins.map(({ name }) => name),
    settings: Object.values(SETTING_KEYS).map(({ key, type }) => ({ key, values: valuesOfSetting(type) })),
    envNames: [...new Set(loaded.flatMap(({ env }) => [...env.allOf, ...env.anyOf, ...env.optional]))].filter(
      (name) => /^\w+$/.test(name),
    ),
  }
}

/** Our own commands first, then by name: oclif's order is that in which plugins happened to load. */
function inFixedOrder(config: Config): Command.Loadable[] {
  const rank = ({ pluginName }: Command.Loadable) => (pluginName === config.name ? 0 : 1)
  return [...config.commands].sort((a, b) => compareText(a.id, b.id) || rank(a) - rank(b))
}

function commandModel(command: Command.Loadable): CommandModel {
  const id = command.id.replaceAll(':', ' ')
  const flags = Object.values(command.flags)
    .filter(({ hidden, name }) => !hidden && name !== 'help')
    .map(flagModel)
  const many = command.strict === false
  const args = Object.values(command.args).filter(({ hidden }) => !hidden)
  return {
    ids: [id, ...command.aliases.map((alias) => alias.replaceAll(':', ' '))],
    description: firstLine(command.summary ?? command.description),
    flags: [...flags, { names: ['--help', '-h'], description: 'Show help', values: undefined }],
    args: valuesOfArguments(id, args, many),
    many,
    takesCommand: (Array.isArray(command.usage) ? command.usage.join() : (command.usage ?? '')).includes(
      '[-- ',
    ),
  }
}

function flagModel(flag: Command.Flag.Cached): FlagModel {
  const long = [flag.name, ...(flag.aliases ?? [])].map((name) => `--${name}`)
  const opposite = flag.type === 'boolean' && flag.allowNo ? [`--no-${flag.name}`] : []
  return {
    names: [...long, ...opposite, ...(flag.char ? [`-${flag.char}`] : [])],
    description: firstLine(flag.summary ?? flag.description),
    values:
      flag.type === 'option' ? valuesOfFlag(flag.name, helpValueOf(flag), flag.options ?? []) : undefined,
  }
}

function helpValueOf(flag: Command.Flag.Cached): string | undefined {
  const { helpValue } = flag as { helpValue?: string | string[] }
  return Array.isArray(helpValue) ? helpValue[0] : helpValue
}

/** One line without a full stop, with oclif's templates filled in or left out. */
function firstLine(text = ''): string {
  return (text.split('\n')[0] ?? '')
    .replaceAll('<%= config.bin %>', 'agentvm')
    .replaceAll(/<%.*?%>\s?/g, '')
    .replace(/\.$/, '')
    .trim()
}
