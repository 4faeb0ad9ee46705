import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { rowOf } from '../agents/report/view.ts'
import { agentsThatWentDown, bringBack } from '../agents/restart/up.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { exitByOutcomes, outcomeRows, reportFailure } from '../command-line/report.ts'

export default class Up extends AgentvmCommand {
  static override description =
    'After a reboot: start again every agent that was running when the machine went down.\nOne that was started again, or killed, since stays as it is.'
  static override examples = [
    '<%= config.bin %> up',
    { description: 'see which', command: '<%= config.bin %> up --dry-run' },
  ]
  static override flags = {
    'dry-run': Flags.boolean({ description: 'say which would be started, and start none' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Up)
    const context = createContext(this.home, this.config)
    if (flags['dry-run']) {
      const down = await agentsThatWentDown(context)
      for (const { name } of down) this.log(`${name}: would be started again`)
      if (down.length === 0) this.logToStderr('no agent ran when the machine went down')
      return down.map((record) => rowOf(context, record))
    }
    const outcomes = await bringBack(context, (outcome) => {
      if (outcome.ok) this.log(`${outcome.name}: started again`)
      else reportFailure(outcome)
    })
    if (outcomes.length === 0) this.logToStderr('no agent ran when the machine went down')
    exitByOutcomes(outcomes)
    return outcomeRows(
      outcomes.map((outcome) =>
        outcome.ok ? { ...outcome, value: rowOf(context, outcome.value.record) } : outcome,
      ),
    )
  }
}
