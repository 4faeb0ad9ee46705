import { createContext } from '../../agents/context.ts'
import { profileRows } from '../../agents/profile-report/report.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { profileTable } from '../../terminal/profile-table.ts'

export default class Profiles extends AgentvmCommand {
  static override description =
    'List the profiles: where each comes from, its program, what is missing and how to get it.'
  static override examples = [
    '<%= config.bin %> profiles',
    {
      description: 'names of those that are ready',
      command: `<%= config.bin %> profiles --json | jq -r '.[] | select(.status == "ready").name'`,
    },
  ]

  async run(): Promise<unknown> {
    await this.parse(Profiles)
    const rows = await profileRows(createContext(this.home, this.config))
    this.log(profileTable(rows, this.stdout).trimEnd())
    return rows
  }
}
