import { Args } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { showRecords } from '../../agents/provenance/runs.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'

export default class ProvenanceShow extends AgentvmCommand {
  static override description = "Show an agent's run records: in-toto statements, one for each start and end."
  static override examples = ['<%= config.bin %> provenance show c1']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name or id of the agent' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(ProvenanceShow)
    const statements = await showRecords(createContext(this.home, this.config), args.name)
    for (const statement of statements) this.log(JSON.stringify(statement, null, this.stdout.isTTY ? 2 : 0))
    return statements
  }
}
