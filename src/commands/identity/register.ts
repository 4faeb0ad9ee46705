import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import type { IdentityRow } from '../../agents/identity/manage.ts'
import { registerAgain, registerPending } from '../../agents/identity/register.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { UserError } from '../../errors.ts'
import { identityLines, identityTable } from '../../terminal/identity-text.ts'

export default class IdentityRegister extends AgentvmCommand {
  static override description =
    "Try again to make the network know an agent's identity.\nExits with 1 if it still doesn't. --pending does all that are not registered yet, as fast as the network takes them; it takes minutes where that limits the rate."
  static override examples = [
    '<%= config.bin %> identity register c1',
    {
      description: 'at another node',
      command: 'GITLAWB_NODE=https://node.example.org <%= config.bin %> identity register c1',
    },
  ]
  static override args = {
    name: Args.string({ ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    pending: Flags.boolean({ description: 'all that are not registered yet' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityRegister)
    const context = createContext(this.home, this.config)
    if (flags.pending) return this.registerAll(await registerPending(context))
    if (args.name === undefined) {
      throw new UserError('which agent?', {
        fix: 'agentvm identity register NAME, or --pending',
        exitCode: 2,
      })
    }
    const row = await registerAgain(context, args.name)
    for (const line of identityLines(row)) this.log(line)
    if (!row.registered) process.exitCode = 1
    return row
  }

  private registerAll(rows: IdentityRow[]): IdentityRow[] {
    if (rows.length > 0) this.log(identityTable(rows, this.stdout).trimEnd())
    if (rows.some(({ registered }) => !registered)) process.exitCode = 1
    return rows
  }
}
