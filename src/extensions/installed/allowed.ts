import { readSettings } from '../../settings/config-file.ts'
import { Home } from '../../settings/home.ts'

/** Says whether a plugin of that name may be installed, and loaded. */
export type Allowed = (plugin: string) => boolean

/** What `AGENTVM_PLUGIN_ALLOW` allows. Throws a {@link UserError} if that can't be read. */
export function allowedPlugins(env: NodeJS.ProcessEnv = process.env): Allowed {
  const text = readSettings(new Home(env), env).pluginAllow
  if (text === undefined) return () => true
  const names = text.split(' ')
  return (plugin) => names.some((name) => name === plugin || isScopeOf(name, plugin))
}

function isScopeOf(pattern: string, plugin: string): boolean {
  return pattern.endsWith('/*') && plugin.startsWith(pattern.slice(0, -1))
}
