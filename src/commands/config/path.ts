import { AgentvmCommand } from '../../agentvm-command.ts'

export default class ConfigPath extends AgentvmCommand {
  static override description = 'Print where the config file is, or would be'
  static override examples = ['<%= config.bin %> config path']

  async run(): Promise<{ path: string }> {
    await this.parse(ConfigPath)
    this.log(this.home.configFile)
    return { path: this.home.configFile }
  }
}
