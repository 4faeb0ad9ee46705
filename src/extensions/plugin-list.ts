import type { Config } from '@oclif/core'
import { UserError } from '../errors.ts'
import { nearest } from '../system/nearest.ts'
import { builtInVersion } from './installed/built-in.ts'
import { nameMeant } from './installed/entries.ts'
import { compareText } from './order.ts'
import { type Provided, readProvided } from './provided.ts'
import { brokenPlugins } from './unread.ts'

/** One plugin as `plugins --json` prints it. */
export interface PluginRow {
  name: string
  version: string
  source: 'built-in' | 'installed' | 'linked'
  location: string
  /** The version of the built-in plugin of the same name that it takes the place of. */
  replaces_version: string | null
  /** Why it can't be used; it counts as none then. */
  problem: string | null
}

/** One plugin as `plugins inspect --json` prints it. */
export interface PluginDetails extends PluginRow {
  commands: string[]
  hooks: string[]
  profiles: string[]
  sandboxes: string[]
  identities: string[]
  dependencies: Record<string, string>
}

const SOURCES: Record<string, PluginRow['source']> = { user: 'installed', link: 'linked' }

/** The plugins by name, without agentvm itself. Loads none of them. */
export function listPlugins(config: Config): PluginRow[] {
  const loaded = [...config.plugins.values()]
    .filter(({ root }) => root !== config.root)
    .map(({ name, version, type, root }): PluginRow => {
      const source = SOURCES[type] ?? 'built-in'
      const replaces_version = source === 'built-in' ? null : builtInVersion(config, name)
      return { name, version, source, location: root, replaces_version, problem: null }
    })
  return [...loaded, ...brokenRows(config)].sort((a, b) => compareText(a.name, b.name))
}

function brokenRows(config: Config): PluginRow[] {
  return brokenPlugins(config).map(({ entry, problem }) => ({
    ...{ name: entry.name, version: '', source: SOURCES[entry.type] ?? 'installed' },
    ...{ location: entry.root, replaces_version: null, problem },
  }))
}

/** Everything about one plugin. Throws a {@link UserError} that suggests the nearest if there is none of that name. */
export function inspectPlugin(config: Config, word: string): PluginDetails {
  const rows = listPlugins(config)
  const names = rows.map((row) => row.name)
  const name = nameMeant(word, names) ?? word
  const row = rows.find((candidate) => candidate.name === name)
  const plugin = row?.problem === null ? config.plugins.get(name) : undefined
  if (row?.problem)
    throw new UserError(`plugin ${name}: ${row.problem}`, { fix: `agentvm plugins uninstall ${name}` })
  if (!row || !plugin) {
    const suggestion = nearest(
      name,
      rows.map((candidate) => candidate.name),
    )
    throw new UserError(`there is no plugin '${name}'`, {
      fix: suggestion ? `did you mean '${suggestion}'?` : "'agentvm plugins --core' lists all of them",
    })
  }
  const { offers } = readProvided(config, () => {})
  const offered = (kind: Provided['kind']) =>
    offers.filter((offer) => offer.kind === kind && offer.plugin === name).map(({ id }) => id)
  return {
    ...row,
    commands: plugin.commands.map(({ id }) => id.replaceAll(':', ' ')).sort(compareText),
    hooks: Object.keys(plugin.hooks).sort(compareText),
    profiles: offered('profile'),
    sandboxes: offered('sandbox'),
    identities: offered('identity'),
    dependencies: { ...plugin.pjson.dependencies },
  }
}
