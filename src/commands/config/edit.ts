import { AgentvmCommand } from '../../agentvm-command.ts'
import { editSettings } from '../../settings/config-file-values.ts'

export default class ConfigEdit extends AgentvmCommand {
  static override description = `Edit the config file with $EDITOR, $VISUAL or vi

The file is replaced only if every key is known and every value fits; else the edit is kept beside it.`
  static override examples = ['<%= config.bin %> config edit']
  static override enableJsonFlag = false

  async run(): Promise<void> {
    await this.parse(ConfigEdit)
    const note = (text: string) => this.logToStderr(`note: ${text}`)
    const changed = await editSettings(this.home.configFile, process.env, note)
    this.logToStderr(changed ? `${this.home.configFile} is changed` : 'nothing was changed')
  }
}
