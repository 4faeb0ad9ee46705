import { AgentvmCommand } from '../../agentvm-command.ts'
import { editEnvFile } from '../../settings/env-file-edit.ts'

export default class EnvEdit extends AgentvmCommand {
  static override description = `Edit the env file with $EDITOR, $VISUAL or vi

The file is replaced only if the edit can be read; else the edit is kept beside it.`
  static override examples = ['<%= config.bin %> env edit', 'EDITOR="code --wait" <%= config.bin %> env edit']
  static override enableJsonFlag = false

  async run(): Promise<void> {
    await this.parse(EnvEdit)
    const note = (text: string) => this.logToStderr(`note: ${text}`)
    const changed = await editEnvFile(this.home.envFile, process.env, { note })
    this.logToStderr(changed ? `${this.home.envFile} is changed` : 'nothing was changed')
  }
}
