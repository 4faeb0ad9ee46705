import { Args } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { maskValue, setEnvValue } from '../../settings/env-file.ts'
import { splitAssignment } from '../../settings/env-file-syntax.ts'
import { readSecret } from '../../terminal/secret.ts'

export default class EnvSet extends AgentvmCommand {
  static override description = `Store an API key or another variable for agents

Without a value it is asked for without showing it or, where there is no terminal, read from standard input.`
  static override examples = [
    '<%= config.bin %> env set ANTHROPIC_API_KEY',
    '<%= config.bin %> env set OPENAI_API_KEY=sk-proj-…',
    'pass show openai | <%= config.bin %> env set OPENAI_API_KEY',
  ]
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'KEY=VALUE, or KEY' }),
    value: Args.string({ ignoreStdin: true, description: 'the value, if the first argument is KEY only' }),
  }

  async run(): Promise<{ key: string; masked: string }> {
    const { args } = await this.parse(EnvSet)
    const { key, value = await readSecret(`${args.key}: `) } = splitAssignment(args.key, args.value)
    await setEnvValue(this.home.envFile, key, value)
    return { key, masked: maskValue(value) }
  }
}
