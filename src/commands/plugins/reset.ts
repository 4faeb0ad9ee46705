import { Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { confirmRemoval } from '../../command-line/plugin-changes.ts'
import { refreshCompletion } from '../../extensions/installed/refresh.ts'
import { resetPlugins, whatResetTakes } from '../../extensions/installed/remove.ts'

export default class PluginsReset extends AgentvmCommand {
  static override description =
    'Take off all plugins that you have installed or linked; also where their list is damaged. The built-in ones stay.'
  static override examples = ['<%= config.bin %> plugins reset', '<%= config.bin %> plugins reset --force']
  static override flags = {
    force: Flags.boolean({ char: 'f', description: "don't ask" }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(PluginsReset)
    const names = whatResetTakes(this.config.dataDir)
    const always = names.length > 0
    await confirmRemoval(createContext(this.home, this.config), { names, always, ...flags })
    const rows = await resetPlugins(this.config)
    for (const { name } of rows) this.log(`${name}: taken off`)
    if (rows.length === 0) this.logToStderr('no plugin was installed')
    await refreshCompletion()
    return rows
  }
}
