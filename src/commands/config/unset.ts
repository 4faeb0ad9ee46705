import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { unsetSettings } from '../../settings/config-file-values.ts'

export default class ConfigUnset extends AgentvmCommand {
  static override description = 'Remove keys from the config file, so that the default holds again.'
  static override aliases = ['config:rm']
  static override examples = ['<%= config.bin %> config unset AGENTVM_NET']
  static override strict = false
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'one or more keys' }),
  }

  async run(): Promise<{ removed: string[] }> {
    const { argv } = await this.parse(ConfigUnset)
    const keys = [...new Set(argv as string[])]
    await unsetSettings(this.home.configFile, keys)
    return { removed: keys }
  }
}
