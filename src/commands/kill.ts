import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentChoice, choiceFlags, namesArgs } from '../command-line/choice-flags.ts'
import { killChosen, killFlags } from '../command-line/kill-command.ts'
import { outcomeRows } from '../command-line/report.ts'

export default class Kill extends AgentvmCommand {
  static override description =
    'End agents: the whole process tree, by a signal, then by KILL after the grace. The workspace stays.\nThose that --tag or --all choose are asked for first.'
  static override examples = [
    '<%= config.bin %> kill c1',
    '<%= config.bin %> kill c1 c2 --signal INT --grace 30',
    '<%= config.bin %> kill --tag env=staging',
  ]
  static override usage = 'kill NAME… [FLAGS]'
  static override strict = false
  static override args = namesArgs
  static override flags = { ...choiceFlags, ...killFlags }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Kill)
    const context = createContext(this.home, this.config)
    const choice = agentChoice(argv, flags)
    return outcomeRows(await killChosen(context, choice, flags, (line) => this.log(line)))
  }
}
