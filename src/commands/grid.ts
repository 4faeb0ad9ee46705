import { Flags } from '@oclif/core'
import { showAgentGrid } from '../agents/attach/grid.ts'
import { createContext } from '../agents/context.ts'
import { tagsFromFlags } from '../agents/state/tags.ts'
import { AgentvmCommand } from '../agentvm-command.ts'

export default class Grid extends AgentvmCommand {
  static override enableJsonFlag = false
  static override description =
    `Show the terminals of all running agents in one tmux session, one a window, to read and to type.
Ctrl-] (AGENTVM_DETACH_KEY), then n or p: next or previous window; 1 to 9: that window; w: list; d: leave. Agents that start later join when grid is called again. On leaving, nothing but the agents stays.`
  static override examples = ['<%= config.bin %> grid', '<%= config.bin %> grid --tag team=red']
  static override flags = {
    tag: Flags.string({
      char: 't',
      description: 'only agents with this tag, repeatable',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Grid)
    process.exitCode = await showAgentGrid(createContext(this.home, this.config), {
      tags: tagsFromFlags(flags.tag ?? []),
    })
  }
}
