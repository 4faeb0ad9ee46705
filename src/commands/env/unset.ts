import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { unsetEnvValues } from '../../settings/env-file.ts'

export default class EnvUnset extends AgentvmCommand {
  static override description = 'Remove variables from the env file'
  static override aliases = ['env:rm']
  static override examples = ['<%= config.bin %> env unset OPENAI_API_KEY']
  static override strict = false
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'one or more names' }),
  }

  async run(): Promise<{ removed: string[] }> {
    const { argv } = await this.parse(EnvUnset)
    const keys = [...new Set(argv as string[])]
    await unsetEnvValues(this.home.envFile, keys)
    return { removed: keys }
  }
}
