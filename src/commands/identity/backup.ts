import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { backUpIdentity } from '../../agents/identity/backup.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { passphraseFlag, passphraseSource } from '../../command-line/passphrase-flag.ts'

export default class IdentityBackup extends AgentvmCommand {
  static override description =
    "Write an agent's private key, encrypted with a passphrase, into a file.\nThe passphrase is asked for, or read from a file or standard input; nobody can bring it back."
  static override examples = [
    '<%= config.bin %> identity backup c1',
    'pass show agents | <%= config.bin %> identity backup c1 --output ~/backups/c1.json',
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    output: Flags.string({ helpValue: 'FILE', description: 'a new file; NAME.identity.json by default' }),
    ...passphraseFlag,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityBackup)
    const context = createContext(this.home, this.config)
    const made = await backUpIdentity(
      context,
      args.name,
      flags.output,
      passphraseSource(flags, { isNew: true }),
    )
    this.log(`${made.did}: ${made.file}`)
    return made
  }
}
