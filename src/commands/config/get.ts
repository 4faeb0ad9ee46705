import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { usableSetting } from '../../settings/config-file-values.ts'

export default class ConfigGet extends AgentvmCommand {
  static override description = 'Print what a setting is now; an empty line if nothing holds.'
  static override examples = ['<%= config.bin %> config get AGENTVM_DEFAULT_PROFILE']
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'key of the setting' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(ConfigGet)
    const row = usableSetting(this.home.configFile, process.env, args.key)
    this.log(String(row.value ?? ''))
    return row
  }
}
