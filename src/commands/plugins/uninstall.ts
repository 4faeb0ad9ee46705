import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { confirmRemoval } from '../../command-line/plugin-changes.ts'
import { tidyPlugins } from '../../extensions/installed/change.ts'
import { refreshCompletion } from '../../extensions/installed/refresh.ts'
import { findEntries, uninstallPlugins } from '../../extensions/installed/remove.ts'

export default class PluginsUninstall extends AgentvmCommand {
  static override aliases = ['plugins:remove', 'plugins:unlink']
  static override description =
    "Take off plugins that you have installed or linked. A linked one's folder stays as it is.\nIf running agents use one, they are named, and you are asked: they go on, and can be killed and cleaned as ever."
  static override examples = [
    '<%= config.bin %> plugins uninstall profile-example',
    { description: 'a linked one', command: '<%= config.bin %> plugins unlink ./my-plugin' },
  ]
  static override strict = false
  static override args = {
    plugin: Args.string({ required: true, ignoreStdin: true, description: 'names of plugins' }),
  }
  static override flags = {
    force: Flags.boolean({ char: 'f', description: "don't ask, also if running agents use it" }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(PluginsUninstall)
    await tidyPlugins(this.config.dataDir)
    const entries = findEntries(this.config.dataDir, argv as string[])
    const names = entries.map(({ name }) => name)
    await confirmRemoval(createContext(this.home, this.config), { names, force: flags.force })
    const rows = await uninstallPlugins(this.config, entries)
    for (const { name } of rows) this.log(`${name}: taken off`)
    await refreshCompletion()
    return rows
  }
}
