import { AgentvmCommand } from '../agentvm-command.ts'

export default class Root extends AgentvmCommand {
  static override description = 'Print the folder that holds everything of agentvm: $AGENTVM_HOME'
  static override examples = ['cd "$(<%= config.bin %> root)"']

  async run(): Promise<{ path: string }> {
    await this.parse(Root)
    this.print(`${this.home.root}\n`)
    return { path: this.home.root }
  }
}
