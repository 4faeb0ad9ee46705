import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { TARGET_KINDS, verifyTarget } from '../agents/provenance/verify.ts'
import { AgentvmCommand, Flags } from '../agentvm-command.ts'
import { verifyText } from '../terminal/provenance-text.ts'

/** Exit codes by what came of it. */
const EXIT_CODES = { established: 0, failed: 1, unknown: 3 }

export default class Verify extends AgentvmCommand {
  static override description =
    'Verify who made a commit: signer, author, agent, profile, policy, prompt; or that run records are whole.\nNeeds no home of agentvm where the records were exported (agentvm provenance export).\nExit code 0: all established. 1: something is wrong. 3: something could not be established.'
  static override examples = [
    '<%= config.bin %> verify HEAD',
    '<%= config.bin %> verify main..feature --repo ~/project --json',
    { description: 'the records of an agent', command: '<%= config.bin %> verify c1' },
    {
      description: 'in CI, on a clone that has the notes',
      command: '<%= config.bin %> verify origin/main..HEAD --home-key did:key:z6Mk…',
    },
    '<%= config.bin %> verify records.intoto.jsonl --home-key did:key:z6Mk…',
  ]
  static override args = {
    target: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'a commit, a range, an agent (name or id), or a file of records',
    }),
  }
  static override flags = {
    repo: Flags.string({
      helpValue: 'DIR',
      default: '.',
      description: 'the repository of a commit or range',
    }),
    records: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
      description: 'a file of exported records, repeatable',
    }),
    'home-key': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'DID',
      description: 'key of a home that is trusted besides this one, repeatable',
    }),
    as: Flags.option({ options: TARGET_KINDS, description: 'what the target is, where that is not clear' })(),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Verify)
    const { repo, records = [], as: kind, 'home-key': homeKeys = [] } = flags
    const request = { target: args.target, kind, repo, records, homeKeys }
    const report = await verifyTarget(createContext(this.home, this.config), request)
    this.print(verifyText(report, this.stdout))
    process.exitCode = EXIT_CODES[report.outcome]
    return report
  }
}
