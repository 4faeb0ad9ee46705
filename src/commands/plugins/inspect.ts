import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { inspectPlugin } from '../../extensions/plugin-list.ts'
import { pluginText } from '../../terminal/plugin-table.ts'

export default class PluginsInspect extends AgentvmCommand {
  static override description =
    'Show one plugin: version, where it is, its commands, profiles, sandboxes and hooks.'
  static override examples = ['<%= config.bin %> plugins inspect @agentvm/profile-codex']
  static override args = {
    plugin: Args.string({ required: true, ignoreStdin: true, description: 'name of the plugin' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(PluginsInspect)
    const details = inspectPlugin(this.config, args.plugin)
    this.log(pluginText(details, this.stdout))
    return details
  }
}
