import { AgentvmCommand } from '../../agentvm-command.ts'

export default class EnvPath extends AgentvmCommand {
  static override description = 'Print where the env file is, or would be'
  static override examples = ['<%= config.bin %> env path']

  async run(): Promise<{ path: string }> {
    await this.parse(EnvPath)
    this.print(`${this.home.envFile}\n`)
    return { path: this.home.envFile }
  }
}
