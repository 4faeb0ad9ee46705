import type { Config } from '@oclif/core'
import { UserError } from '../errors.ts'
import { nearest } from '../system/nearest.ts'
import { compareText } from './order.ts'
import { type Provided, readProvided } from './provided.ts'

/** One plugin as `plugins --json` prints it. */
export interface PluginRow {
  name: string
  version: string
  source: 'built-in' | 'installed' | 'linked'
  location: string
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
  return [...config.plugins.values()]
    .filter(({ root }) => root !== config.root)
    .map(({ name, version, type, root }) => ({
      name,
      version,
      source: SOURCES[type] ?? 'built-in',
      location: root,
    }))
    .sort((a, b) => compareText(a.name, b.name))
}

/** Everything about one plugin. Throws a {@link UserError} that suggests the nearest if there is none of that name. */
export function inspectPlugin(config: Config, name: string): PluginDetails {
  const rows = listPlugins(config)
  const row = rows.find((candidate) => candidate.name === name)
  const plugin = config.plugins.get(name)
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
