import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { exportRecords } from '../../agents/provenance/export.ts'
import { AgentvmCommand, Flags } from '../../agentvm-command.ts'
import { exportLine } from '../../terminal/provenance-text.ts'

export default class ProvenanceExport extends AgentvmCommand {
  static override description =
    'Export the run records of agents, so that others can verify their commits: signed in-toto statements.\nWith --git-notes they go along with a repository; with --output into a file; else they are printed, one a line.\nNotes are shared by: git push origin refs/notes/agentvm'
  static override examples = [
    '<%= config.bin %> provenance export c1 --git-notes --repo ~/project',
    '<%= config.bin %> provenance export main..HEAD --output records.intoto.jsonl',
  ]
  static override strict = false
  static override args = {
    target: Args.string({
      ignoreStdin: true,
      description: 'names or ids of agents, commits or ranges; none for all agents',
    }),
  }
  static override flags = {
    repo: Flags.string({
      helpValue: 'DIR',
      default: '.',
      description: 'the repository that gets notes, and of commits',
    }),
    'git-notes': Flags.boolean({ description: 'write notes on the commits that runs ended with' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', description: 'write a file' }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(ProvenanceExport)
    const { repo, 'git-notes': notes, output } = flags
    const request = { targets: argv as string[], repo, notes, output }
    const { report, lines } = await exportRecords(createContext(this.home, this.config), request)
    if (report.envelopes === null) this.logToStderr(exportLine(report))
    else for (const line of lines) this.log(line)
    return report
  }
}
