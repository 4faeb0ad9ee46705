import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { signFile } from '../../agents/identity/signed-file.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { readUserFile } from '../../system/user-files.ts'

export default class IdentitySign extends AgentvmCommand {
  static override description =
    "Sign a file by an agent's key, as ssh-keygen -Y sign does; the signature is printed.\nWithout agentvm: ssh-keygen -Y verify -f signers -I me -n file -s report.md.sig <report.md\nYou sign, not the agent: an agent can sign its commits only."
  static override examples = [
    '<%= config.bin %> identity sign c1 report.md >report.md.sig',
    '<%= config.bin %> identity verify report.md -s report.md.sig',
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
    file: Args.string({ required: true, ignoreStdin: true, description: 'the file; - is standard input' }),
  }
  static override flags = {
    namespace: Flags.string({ char: 'n', default: 'file', helpValue: 'NAME', description: 'what it is for' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentitySign)
    const context = createContext(this.home, this.config)
    const signed = await signFile(context, args.name, readUserFile(args.file), flags.namespace)
    this.log(signed.signature.trimEnd())
    return signed
  }
}
