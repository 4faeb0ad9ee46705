import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { listRuns } from '../../agents/provenance/runs.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { runTable } from '../../terminal/provenance-text.ts'

export default class ProvenanceList extends AgentvmCommand {
  static override description =
    'List the recorded runs of agents, also of those that are gone, the latest last.'
  static override examples = [
    '<%= config.bin %> provenance list',
    '<%= config.bin %> provenance list c1 --json',
  ]
  static override strict = false
  static override args = {
    name: Args.string({ ignoreStdin: true, description: 'names or ids of agents; none for all' }),
  }

  async run(): Promise<unknown> {
    const { argv } = await this.parse(ProvenanceList)
    const rows = await listRuns(createContext(this.home, this.config), argv as string[])
    if (rows.length === 0) this.logToStderr('no run is recorded')
    else this.print(runTable(rows, this.stdout))
    return rows
  }
}
