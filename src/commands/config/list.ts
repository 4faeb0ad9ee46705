import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { listSettings } from '../../settings/config-file-values.ts'
import { settingTable } from '../../terminal/setting-table.ts'

export default class ConfigList extends AgentvmCommand {
  static override description =
    'List every setting: what holds, and whether it comes from the config file, the environment or by default.'
  static override aliases = ['config:ls']
  static override examples = ['<%= config.bin %> config list', '<%= config.bin %> config list --json']

  async run(): Promise<unknown> {
    await this.parse(ConfigList)
    const { settings, warn } = createContext(this.home, this.config)
    const rows = listSettings(this.home.configFile, process.env)
    this.log(settingTable(rows, this.stdout).trimEnd())
    const problems = rows.flatMap(({ problem }) => problem ?? [])
    for (const problem of [...problems, ...settings.warnings]) warn(problem)
    return rows
  }
}
