import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Interfaces } from '@oclif/core'
import { loadUserPlugins } from '../extensions/installed/load.ts'
import type { BundledPlugin } from './built-in.ts'
import { PluginOfBundle } from './bundled-plugin.ts'
import { cacheImports } from './cache-imports.ts'

/** All plugins of a bundled agentvm in oclif's own order: agentvm, the user's, the built-in ones that the user has none in the place of. */
export async function loadPlugins(
  bundled: readonly BundledPlugin[],
  root: string,
  dataDir: string,
): Promise<Map<string, Interfaces.Plugin>> {
  const [own, ...builtIn] = bundled
  if (!own) throw new Error('the bundle holds no agentvm')
  const plugins = new Map<string, Interfaces.Plugin>()
  await add(plugins, own, root, true)
  for (const plugin of await usersPlugins(dataDir)) plugins.set(plugin.name, plugin)
  for (const plugin of builtIn) {
    const folder = plugins.has(plugin.name) ? undefined : packageFolder(plugin.name, root)
    if (folder) await add(plugins, plugin, folder, false)
  }
  return plugins
}

async function add(
  plugins: Map<string, Interfaces.Plugin>,
  bundled: BundledPlugin,
  root: string,
  isRoot: boolean,
): Promise<void> {
  const plugin = new PluginOfBundle(bundled, root, isRoot)
  await plugin.load()
  plugins.set(plugin.name, plugin)
}

/** The plugins that the user has installed or linked. */
export async function usersPlugins(dataDir: string): Promise<Interfaces.Plugin[]> {
  if (!existsSync(join(dataDir, 'package.json'))) return []
  cacheImports()
  return loadUserPlugins({ dataDir })
}

/** Where Node finds a package from a folder. */
export function packageFolder(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return realpathSync.native(folder)
  const parent = dirname(from)
  return parent === from ? undefined : packageFolder(name, parent)
}
