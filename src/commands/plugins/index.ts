import { Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { listPlugins } from '../../extensions/plugin-list.ts'
import { pluginTable } from '../../terminal/plugin-table.ts'

export default class Plugins extends AgentvmCommand {
  static override description =
    'List the plugins that you have installed or linked; with --core the built-in ones, too.'
  static override examples = [
    '<%= config.bin %> plugins',
    '<%= config.bin %> plugins --core',
    '<%= config.bin %> plugins --json',
  ]
  static override flags = {
    core: Flags.boolean({ description: 'the built-in ones as well' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Plugins)
    const rows = listPlugins(this.config).filter(({ source }) => flags.core || source !== 'built-in')
    if (rows.length > 0) this.log(pluginTable(rows, this.stdout).trimEnd())
    else if (process.stderr.isTTY)
      this.logToStderr("none is installed; 'agentvm plugins --core' lists the built-in ones")
    return rows
  }
}
