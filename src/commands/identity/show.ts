import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { showIdentity } from '../../agents/identity/manage.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { reportLines } from '../../terminal/identity-text.ts'

export default class IdentityShow extends AgentvmCommand {
  static override description =
    "Show an agent's identity (DID), whether the network knows it, and the keys that it had before."
  static override examples = ['<%= config.bin %> identity show c1']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(IdentityShow)
    const row = await showIdentity(createContext(this.home, this.config), args.name)
    for (const line of reportLines(row)) this.log(line)
    return row
  }
}
