import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { agentInfo } from '../agents/report/view.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentDetails } from '../terminal/agent-details.ts'

export default class Info extends AgentvmCommand {
  static override description = 'Show everything known about an agent: command, policy in force, end, sizes.'
  static override examples = ['<%= config.bin %> info c1', '<%= config.bin %> info c1 --json']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Info)
    const info = await agentInfo(createContext(this.home, this.config), args.name)
    this.log(agentDetails(info, this.stdout))
    return info
  }
}
