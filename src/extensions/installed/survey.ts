import { visibleLine } from '../../terminal/visible.ts'
import type { Allowed } from './allowed.ts'
import { type PluginEntry, readEntries } from './entries.ts'
import { type PluginFacts, readPlugin } from './read-plugin.ts'

/** One plugin of the user's, as it is found: usable, or with the reason why not. */
export type SurveyedPlugin = { entry: PluginEntry } & (
  | { facts: PluginFacts; problem?: undefined }
  | { facts?: undefined; problem: string }
)

/** Looks at every plugin of a folder, without loading any. Throws a {@link UserError} if their list can't be read. */
export function surveyPlugins(folder: string, allowed: () => Allowed): SurveyedPlugin[] {
  const entries = readEntries(folder)
  if (entries.length === 0) return []
  const isAllowed = allowed()
  return entries.map((entry) => survey(entry, isAllowed))
}

function survey(entry: PluginEntry, isAllowed: Allowed): SurveyedPlugin {
  if (!isAllowed(entry.name)) return { entry, problem: 'is not in AGENTVM_PLUGIN_ALLOW, so it is left out' }
  try {
    const facts = readPlugin(entry.root)
    if (facts.name === entry.name) return { entry, facts }
    return { entry, problem: `is another plugin now: ${facts.name}` }
  } catch (error) {
    return { entry, problem: visibleLine((error as Error).message) }
  }
}
