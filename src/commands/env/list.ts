import { AgentvmCommand } from '../../agentvm-command.ts'
import { maskValue, readEnvFile } from '../../settings/env-file.ts'
import { formatTable } from '../../terminal/table.ts'

export default class EnvList extends AgentvmCommand {
  static override description = 'List the API keys and other variables that agents may get, values masked'
  static override aliases = ['env:ls']
  static override examples = ['<%= config.bin %> env list']

  async run(): Promise<{ key: string; masked: string }[]> {
    await this.parse(EnvList)
    const rows = Object.entries(readEnvFile(this.home.envFile)).map(([key, value]) => ({
      key,
      masked: maskValue(value),
    }))
    if (rows.length === 0) this.logToStderr("nothing is set yet: 'agentvm env set KEY=VALUE'")
    else if (!this.jsonEnabled()) {
      const columns = [
        { header: 'KEY', value: (row: (typeof rows)[number]) => row.key, fixed: true },
        { header: 'VALUE', value: (row: (typeof rows)[number]) => row.masked },
      ]
      this.print(formatTable(rows, columns, { width: this.stdout.columns }))
    }
    return rows
  }
}
