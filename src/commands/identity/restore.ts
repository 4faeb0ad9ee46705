import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { restoreIdentity } from '../../agents/identity/backup.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { passphraseFlag, passphraseSource } from '../../command-line/passphrase-flag.ts'
import { reportLines } from '../../terminal/identity-text.ts'

export default class IdentityRestore extends AgentvmCommand {
  static override description =
    'Give an agent the key of a backup.\nAn agent that has another one keeps it, unless forced; then that one counts as rotated. A key that was revoked is refused.'
  static override examples = ['<%= config.bin %> identity restore c1 c1.identity.json']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
    file: Args.string({ required: true, ignoreStdin: true, description: 'the backup' }),
  }
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'replace another key that it has' }),
    ...passphraseFlag,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityRestore)
    const context = createContext(this.home, this.config)
    const source = passphraseSource(flags)
    const report = await restoreIdentity(context, args.name, args.file, source, flags.force)
    for (const line of reportLines(report)) this.log(line)
    return report
  }
}
