import { Args } from '@oclif/core'
import { agentTmux } from '../agents/attach/attach.ts'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { UserError } from '../errors.ts'

export default class Tmux extends AgentvmCommand {
  static override enableJsonFlag = false
  static override description = "Run a tmux command against an agent's own tmux server."
  static override examples = [
    '<%= config.bin %> tmux c1 capture-pane -p',
    '<%= config.bin %> tmux c1 resize-window -x 200 -y 50',
  ]
  static override usage = 'tmux NAME [TMUX-ARGUMENTS…]'
  static override strict = false
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }

  async run(): Promise<void> {
    const [name, ...args] = this.argv
    if (name === undefined) {
      throw new UserError('which agent?', { fix: 'agentvm tmux NAME [TMUX-ARGUMENTS…]', exitCode: 2 })
    }
    process.exitCode = await agentTmux(createContext(this.home, this.config), name, args)
  }
}
