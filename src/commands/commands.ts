import { Flags } from '@oclif/core'
import { AgentvmCommand } from '../agentvm-command.ts'
import { listCommands } from '../extensions/command-list.ts'
import { listPlugins } from '../extensions/plugin-list.ts'
import { commandTable } from '../terminal/command-table.ts'

export default class Commands extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description =
    'List all commands, those of plugins, too. With --json also their arguments and flags, for scripts.'
  static override examples = [
    '<%= config.bin %> commands',
    {
      description: 'flags of one command',
      command: `<%= config.bin %> commands --json | jq -r '.[] | select(.name == "spawn").flags[].name'`,
    },
  ]
  static override flags = {
    hidden: Flags.boolean({ description: 'also those that help leaves out' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Commands)
    const rows = listCommands(this.config, flags)
    const own = listPlugins(this.config).filter(({ source }) => source !== 'built-in')
    this.log(commandTable(rows, new Set(own.map(({ name }) => name)), this.stdout).trimEnd())
    return rows
  }
}
