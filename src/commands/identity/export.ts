import { Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { exportIdentities, exportPrivateKey } from '../../agents/identity/export.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { namesArgs } from '../../command-line/choice-flags.ts'
import { UserError } from '../../errors.ts'
import { EXPORT_FORMATS, exportText } from '../../terminal/identity-text.ts'

export default class IdentityExport extends AgentvmCommand {
  static override description =
    "Print the public identities of agents, of all if none is named: DID documents, DIDs, SSH keys, or a file of allowed signers for git.\n--private writes an agent's private key, unencrypted, as gl reads it: into a new file (0600), or with --output - to standard output. A backup is encrypted: identity backup."
  static override examples = [
    '<%= config.bin %> identity export c1',
    {
      description: "verify every agent's commits with plain git",
      command:
        '<%= config.bin %> identity export --format allowed-signers >signers; git -c gpg.ssh.allowedSignersFile=signers log --format="%h %G? %GS %ae"',
    },
    '<%= config.bin %> identity export c1 --private --output c1.pem',
  ]
  static override usage = 'identity export [NAME…] [FLAGS]'
  static override strict = false
  static override args = namesArgs
  static override flags = {
    format: Flags.option({
      options: EXPORT_FORMATS,
      default: 'document' as const,
      description: 'what to print',
    })(),
    private: Flags.boolean({ description: 'the private key, unencrypted', dependsOn: ['output'] }),
    output: Flags.string({ helpValue: 'FILE', description: 'where --private goes', dependsOn: ['private'] }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(IdentityExport)
    const names = argv.map(String)
    const context = createContext(this.home, this.config)
    if (!flags.private) {
      const exported = await exportIdentities(context, names)
      this.log(exportText(exported, flags.format))
      return exported
    }
    const [name, ...more] = names
    if (name === undefined || more.length > 0) {
      throw new UserError('--private takes one agent', { exitCode: 2 })
    }
    context.warn('whoever has this key is this agent; delete the file when it has served')
    const { key, ...exported } = await exportPrivateKey(context, name, flags.output ?? '-')
    if (exported.private_key_file !== null) this.log(exported.private_key_file)
    else this.print(key)
    return [exported]
  }
}
