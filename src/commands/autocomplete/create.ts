import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { completionModel } from '../../completion/model.ts'
import { writeCachedScripts } from '../../completion/scripts.ts'
import { runPluginCommand } from '../../extensions/delegate.ts'

/** Runs also when plugins come or go: plugin-autocomplete calls it then by this name. */
export default class AutocompleteCreate extends AgentvmCommand {
  static override hidden = true
  static override enableJsonFlag = false
  static override description = 'Write the completion scripts into the cache.'
  static override examples = ['<%= config.bin %> autocomplete create']

  async run(): Promise<void> {
    await this.parse(AutocompleteCreate)
    await runPluginCommand(this.config, '@oclif/plugin-autocomplete', 'autocomplete:create', [])
    writeCachedScripts(await completionModel(createContext(this.home, this.config), this.config), this.config)
  }
}
