import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentChoice, tagFlag } from '../command-line/choice-flags.ts'
import { killChosen, killFlags } from '../command-line/kill-command.ts'
import { outcomeRows } from '../command-line/report.ts'

export default class Killall extends AgentvmCommand {
  static override description = 'End all running agents, or those with a tag. Asks first; workspaces stay.'
  static override examples = [
    '<%= config.bin %> killall',
    '<%= config.bin %> killall --tag env=staging --force',
  ]
  static override flags = { tag: tagFlag, ...killFlags }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Killall)
    const context = createContext(this.home, this.config)
    const choice = agentChoice([], { ...flags, all: true })
    return outcomeRows(await killChosen(context, choice, flags, (line) => this.log(line)))
  }
}
