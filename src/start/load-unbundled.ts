import { Config, type Interfaces } from '@oclif/core'
import { usersPlugins } from './plugins.ts'

/** What of oclif's `Config` is used here that it keeps to itself. */
interface Loading {
  dataDir: string
  pluginLoader: { loadUserPlugins(): Promise<void>; plugins: Map<string, Interfaces.Plugin> }
  loadPluginsAndCommands(options?: { force: boolean }): Promise<void>
}

/**
 * oclif's own loader of the user's plugins would search for each of them, import the commands of one without a manifest,
 * and print stacks. Ours reads their files only. A bundled agentvm hands oclif all plugins instead.
 */
export function loadPluginsOurselves(): void {
  const prototype = Config.prototype as unknown as Loading
  const loadAll = prototype.loadPluginsAndCommands
  prototype.loadPluginsAndCommands = function (options) {
    const { dataDir, pluginLoader } = this
    pluginLoader.loadUserPlugins = async () => {
      for (const plugin of await usersPlugins(dataDir)) pluginLoader.plugins.set(plugin.name, plugin)
    }
    return loadAll.call(this, options)
  }
}
