import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { registerAgain } from '../../agents/identity/manage.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { identityLines } from '../../terminal/identity-text.ts'

export default class IdentityRegister extends AgentvmCommand {
  static override description =
    "Try again to make the network know an agent's identity.\nExits with 1 if it still doesn't."
  static override examples = [
    '<%= config.bin %> identity register c1',
    {
      description: 'at another node',
      command: 'GITLAWB_NODE=https://node.example.org <%= config.bin %> identity register c1',
    },
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(IdentityRegister)
    const row = await registerAgain(createContext(this.home, this.config), args.name)
    for (const line of identityLines(row)) this.log(line)
    if (!row.registered) process.exitCode = 1
    return row
  }
}
