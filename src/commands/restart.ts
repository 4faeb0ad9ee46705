import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { type Outcome, throwIfSingle } from '../agents/each.ts'
import { rowOf } from '../agents/report/view.ts'
import { type Restarted, restartAgents } from '../agents/restart/restart.ts'
import { selectAgents } from '../agents/state/select.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentChoice, choiceFlags, namesArgs } from '../command-line/choice-flags.ts'
import { exitByOutcomes, outcomeRows, reportFailure } from '../command-line/report.ts'

export default class Restart extends AgentvmCommand {
  static override description =
    'Start agents again as they were started: same profile, command, tags, policy, environment, DID.\nA running one is ended first. A profile that can resumes its conversation; otherwise the stored prompt is given again.'
  static override examples = [
    '<%= config.bin %> restart c1',
    {
      description: 'with the prompt, not the conversation',
      command: '<%= config.bin %> restart c1 --replay',
    },
    { description: 'as if it were new, over its workspace', command: '<%= config.bin %> restart c1 --fresh' },
    '<%= config.bin %> restart --tag env=staging',
  ]
  static override usage = 'restart NAME… [FLAGS]'
  static override strict = false
  static override args = namesArgs
  static override flags = {
    ...choiceFlags,
    fresh: Flags.boolean({ description: "empty the agent's home first; the workspace stays" }),
    replay: Flags.boolean({ description: 'give the stored prompt again also where it could resume' }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Restart)
    const context = createContext(this.home, this.config)
    const names = await selectAgents(context, agentChoice(argv, flags))
    const report = (outcome: Outcome<Restarted>) => {
      if (outcome.ok)
        this.log(`${outcome.name}: ${outcome.value.wasRunning ? 'ended and ' : ''}started again`)
      else if (names.length > 1) reportFailure(outcome)
    }
    const outcomes = throwIfSingle(await restartAgents(context, names, flags, report))
    if (outcomes.length === 0) this.logToStderr('no agents')
    exitByOutcomes(outcomes)
    return outcomeRows(
      outcomes.map((outcome) =>
        outcome.ok
          ? {
              ...outcome,
              value: { ...rowOf(context, outcome.value.record), was_running: outcome.value.wasRunning },
            }
          : outcome,
      ),
    )
  }
}
