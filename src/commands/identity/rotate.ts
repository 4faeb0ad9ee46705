import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { rotateKey } from '../../agents/identity/replace-key.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { reportLines } from '../../terminal/identity-text.ts'

export default class IdentityRotate extends AgentvmCommand {
  static override description =
    'Give an agent a new key, and so a new DID, also while it runs.\nWhat the old key has signed until now stays good, as by a key that was replaced; what it would sign later does not. The old private key is destroyed, and its node told. If somebody else may have had the key, revoke it instead.'
  static override examples = ['<%= config.bin %> identity rotate c1 --reason "once a month"']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    reason: Flags.string({ helpValue: 'TEXT', description: 'why, for the record' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityRotate)
    const report = await rotateKey(createContext(this.home, this.config), args.name, flags.reason)
    for (const line of reportLines(report)) this.log(line)
    return report
  }
}
