import { type Config, Plugin } from '@oclif/core/config'
import type { UserError } from '../../errors.ts'
import { warn as warnOnStandardError } from '../../terminal/standard-error.ts'
import { visibleLine } from '../../terminal/visible.ts'
import { allowedPlugins } from './allowed.ts'
import type { PluginEntry } from './entries.ts'
import type { PluginFacts } from './read-plugin.ts'
import { type SurveyedPlugin, surveyPlugins } from './survey.ts'

/**
 * The user's plugins for oclif, in place of its own loader. One that can't be used is left out with one warning. Loads no
 * code of theirs, whatever lies in their folders.
 */
export async function loadUserPlugins(
  { dataDir }: Pick<Config, 'dataDir'>,
  warn = warnOnStandardError,
): Promise<Plugin[]> {
  const plugins = new Map<string, Plugin>()
  // A linked one comes before an installed one of the same name.
  for (const { entry, facts, problem } of survey(dataDir, warn).sort(linkedFirst)) {
    if (problem !== undefined) {
      warn(
        `plugin ${visibleLine(entry.name)}: ${problem}\n  → 'agentvm plugins uninstall ${visibleLine(entry.name)}' removes it`,
      )
    } else if (!plugins.has(facts.name)) plugins.set(facts.name, await asOclifPlugin(entry, facts))
  }
  return [...plugins.values()]
}

function survey(folder: string, warn: (message: string) => void): SurveyedPlugin[] {
  try {
    return surveyPlugins(folder, allowedPlugins)
  } catch (error) {
    const { message, fix } = error as UserError
    warn(`no plugin is loaded: ${message}${fix ? `\n  → ${fix}` : ''}`)
    return []
  }
}

function linkedFirst(a: SurveyedPlugin, b: SurveyedPlugin): number {
  return Number(b.entry.type === 'link') - Number(a.entry.type === 'link')
}

async function asOclifPlugin(entry: PluginEntry, facts: PluginFacts): Promise<Plugin> {
  const { name, root, pjson, manifest, hooks } = facts
  // As a linked one it is taken from its folder as it is, instead of being searched for.
  const plugin = new Plugin({ name, root, pjson, type: 'link', ...(entry.tag ? { tag: entry.tag } : {}) })
  // Without a manifest oclif would import all commands. It orders them by the user's language, which takes 10 ms to load.
  Object.assign(plugin, { _manifest: async () => ({ ...manifest, commands: {} }) })
  await plugin.load()
  if (entry.type !== 'link') plugin.type = 'user'
  plugin.manifest = manifest
  plugin.hasManifest = true
  plugin.commands = commandsOf(plugin)
  plugin.hooks = Object.fromEntries(Object.entries(plugin.hooks).filter(([hook]) => hook in hooks))
  return plugin
}

/** The commands of a plugin, as oclif makes them of its manifest. */
function commandsOf(plugin: Plugin): Plugin['commands'] {
  return Object.entries(plugin.manifest.commands)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, command]) => ({
      ...command,
      pluginAlias: plugin.alias,
      pluginType: plugin.type,
      load: () => plugin.findCommand(id, { must: true }),
    }))
}
