import { Args } from '@oclif/core'
import { setChecked } from '../../agents/config.ts'
import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'

export default class ConfigSet extends AgentvmCommand {
  static override description =
    'Set a key of the config file. Unknown keys and wrong values are refused; comments and order stay.'
  static override examples = [
    '<%= config.bin %> config set AGENTVM_DEFAULT_PROFILE claude-code',
    '<%= config.bin %> config set AGENTVM_NET=none',
  ]
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: 'KEY=VALUE, or KEY' }),
    value: Args.string({ ignoreStdin: true, description: 'the value, if the first argument is KEY only' }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(ConfigSet)
    return setChecked(createContext(this.home, this.config), args.key, args.value)
  }
}
