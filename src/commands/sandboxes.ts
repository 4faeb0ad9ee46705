import { createContext } from '../agents/context.ts'
import { sandboxRows } from '../agents/report/sandbox-report.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { sandboxTable } from '../terminal/sandbox-table.ts'

export default class Sandboxes extends AgentvmCommand {
  static override description =
    'List the sandbox backends: whether each works here, why not, and what it enforces.\nThe one with a star is used unless --sandbox or AGENTVM_SANDBOX says otherwise.'
  static override examples = ['<%= config.bin %> sandboxes', '<%= config.bin %> sandboxes --json']

  async run(): Promise<unknown> {
    await this.parse(Sandboxes)
    const rows = await sandboxRows(createContext(this.home, this.config))
    this.log(sandboxTable(rows, this.stdout))
    return rows
  }
}
