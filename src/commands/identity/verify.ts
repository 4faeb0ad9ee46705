import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { verifyFile } from '../../agents/identity/signed-file.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { readUserFile } from '../../system/user-files.ts'
import { sanitizeLine } from '../../terminal/sanitize.ts'

/** Exit codes by what came of it. */
const EXIT_CODES = { good: 0, wrong: 1, revoked: 1, unknown: 3 }

export default class IdentityVerify extends AgentvmCommand {
  static override description =
    'Verify the signature of a file (identity sign, ssh-keygen -Y sign): whose key it is, and what has become of that.\nFor commits: agentvm verify.\nExit code 0: good, also by a key that was replaced since or whose agent is gone. 1: wrong, or by a revoked key. 3: by nobody that is known here.'
  static override examples = [
    '<%= config.bin %> identity verify report.md --signature report.md.sig',
    '<%= config.bin %> identity verify report.md --signature report.md.sig --signer c1',
  ]
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: 'the file; - is standard input' }),
  }
  static override flags = {
    signature: Flags.string({ char: 's', required: true, helpValue: 'FILE', description: 'its signature' }),
    signer: Flags.string({ helpValue: 'NAME|DID', description: 'who must have signed it' }),
    namespace: Flags.string({ char: 'n', default: 'file', helpValue: 'NAME', description: 'what it is for' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(IdentityVerify)
    const { namespace, signer } = flags
    const context = createContext(this.home, this.config)
    const found = verifyFile(context, readUserFile(args.file), flags.signature, { namespace, signer })
    this.log(`${found.outcome}: ${sanitizeLine(found.summary)}`)
    process.exitCode = EXIT_CODES[found.outcome]
    return found
  }
}
