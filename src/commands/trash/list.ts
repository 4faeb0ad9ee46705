import { createContext } from '../../agents/context.ts'
import { trashEntries } from '../../agents/trash/entries.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { formatBytes } from '../../terminal/bytes.ts'
import { trashTable } from '../../terminal/trash-table.ts'

export default class TrashList extends AgentvmCommand {
  static override description =
    'List the agents in the trash, the newest first: when they came there, how long they stay, their size.'
  static override examples = ['<%= config.bin %> trash list', '<%= config.bin %> trash list --json']

  async run(): Promise<unknown> {
    await this.parse(TrashList)
    const entries = trashEntries(createContext(this.home, this.config))
    if (entries.length === 0) this.logToStderr('the trash is empty')
    else {
      this.print(trashTable(entries, this.stdout))
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
      this.logToStderr(`${formatBytes(bytes)}; agentvm trash restore NAME brings an agent back`)
    }
    return entries
  }
}
