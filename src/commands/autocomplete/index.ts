import { basename } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { runPluginCommand } from '../../extensions/delegate.ts'

const FISH = `
Completion for fish:

  agentvm completion fish > ~/.config/fish/completions/agentvm.fish
`

export default class Autocomplete extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description =
    'Set up completion step by step.\nThe scripts are those of agentvm completion; here they are kept in the cache, and made anew when plugins change.'
  static override examples = [
    '<%= config.bin %> autocomplete',
    '<%= config.bin %> autocomplete zsh',
    '<%= config.bin %> autocomplete --refresh-cache',
  ]
  static override enableJsonFlag = false
  static override args = {
    shell: Args.string({
      ignoreStdin: true,
      options: ['bash', 'zsh', 'fish', 'powershell'],
      description: 'your shell, unless $SHELL says it',
    }),
  }
  static override flags = {
    'refresh-cache': Flags.boolean({ char: 'r', description: 'only make the scripts anew' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Autocomplete)
    const shell = args.shell ?? basename(this.config.shell)
    if (shell === 'fish' && !flags['refresh-cache']) this.log(FISH)
    else await runPluginCommand(this.config, '@oclif/plugin-autocomplete', 'autocomplete', this.argv)
    await this.config.runCommand('autocomplete:create')
  }
}
