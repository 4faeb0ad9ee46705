import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { completionModel } from '../completion/model.ts'
import { completionScript, refreshCachedScripts, SHELLS } from '../completion/scripts.ts'

export default class Completion extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description =
    'Print the completion script for a shell.\nIt completes commands, flags, agents by their status, profiles, tags and settings.'
  static override examples = [
    {
      description: 'bash',
      command: '<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/agentvm',
    },
    {
      description: 'zsh, in any folder of $fpath',
      command: '<%= config.bin %> completion zsh > ~/.zsh/completions/_agentvm',
    },
    {
      description: 'fish',
      command: '<%= config.bin %> completion fish > ~/.config/fish/completions/agentvm.fish',
    },
  ]
  static override enableJsonFlag = false
  static override args = {
    shell: Args.string({
      required: true,
      ignoreStdin: true,
      options: [...SHELLS],
      description: 'your shell',
    }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const model = await completionModel(createContext(this.home, this.config), this.config)
    refreshCachedScripts(model, this.config)
    this.print(completionScript(args.shell as (typeof SHELLS)[number], model, this.config))
  }
}
