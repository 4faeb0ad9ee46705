import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { rowOf } from '../../agents/report/view.ts'
import { restoreAgent } from '../../agents/trash/restore.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'

export default class TrashRestore extends AgentvmCommand {
  static override description =
    'Bring an agent back from the trash, with workspace, home, log and prompt. It is dead until it is restarted.'
  static override examples = [
    '<%= config.bin %> trash restore c1',
    '<%= config.bin %> trash restore k3m9x2ab --as c2',
  ]
  static override args = {
    agent: Args.string({ required: true, ignoreStdin: true, description: 'its name, or its id' }),
  }
  static override flags = {
    as: Flags.string({ description: 'another name for it', helpValue: 'NAME' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TrashRestore)
    const context = createContext(this.home, this.config)
    const record = await restoreAgent(context, args.agent, flags.as)
    this.log(
      `${record.name}: is back, workspace ${record.workspace}; agentvm restart ${record.name} starts it`,
    )
    return rowOf(context, record)
  }
}
