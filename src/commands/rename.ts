import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { renameAgent } from '../agents/move/rename.ts'
import { rowOf } from '../agents/report/view.ts'
import { AgentvmCommand } from '../agentvm-command.ts'

export default class Rename extends AgentvmCommand {
  static override aliases = ['mv']
  static override description =
    'Give an agent another name. Workspace, log, prompt and tmux session follow; a running agent lives on.'
  static override examples = ['<%= config.bin %> rename c1 reviewer']
  static override args = {
    from: Args.string({ required: true, ignoreStdin: true, description: 'its name' }),
    to: Args.string({ required: true, ignoreStdin: true, description: 'its new name' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Rename)
    const context = createContext(this.home, this.config)
    const record = await renameAgent(context, args.from, args.to)
    this.log(`${args.from}: is now called ${record.name}`)
    return rowOf(context, record)
  }
}
