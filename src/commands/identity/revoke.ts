import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { revokeKey } from '../../agents/identity/replace-key.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { UserError } from '../../errors.ts'
import { confirm } from '../../terminal/confirm.ts'

export default class IdentityRevoke extends AgentvmCommand {
  static override description =
    "End an agent's identity for good: its key is destroyed, its node told, and the agent goes on without one.\nNothing that the key has signed is to be trusted any more, whenever that was: whoever had the key could write any date. 'identity verify' says revoked. For a key that is only old: identity rotate."
  static override examples = ['<%= config.bin %> identity revoke c1 --reason "its workspace was stolen"']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    reason: Flags.string({ helpValue: 'TEXT', description: 'why, for the record' }),
    force: Flags.boolean({ char: 'f', description: "don't ask" }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityRevoke)
    const context = createContext(this.home, this.config)
    context.store.get(args.name)
    if (!flags.force && !(await confirm(`Revoke the identity of ${args.name} for good?`))) {
      throw new UserError('nothing was done')
    }
    const revoked = await revokeKey(context, args.name, flags.reason)
    this.log(`${revoked.did} revoked`)
    if (revoked.problem !== null) context.warn(revoked.problem)
    return revoked
  }
}
