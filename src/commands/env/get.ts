import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { getEnvValue } from '../../settings/env-file.ts'

export default class EnvGet extends AgentvmCommand {
  static override description = 'Print a value of the env file, unmasked'
  static override examples = ['<%= config.bin %> env get OPENAI_API_KEY']
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'name of the variable' }),
  }

  async run(): Promise<{ key: string; value: string }> {
    const { args } = await this.parse(EnvGet)
    const value = getEnvValue(this.home.envFile, args.key)
    this.print(`${value}\n`)
    return { key: args.key, value }
  }
}
