import { Args, Flags } from '@oclif/core'
import { explainAgent, explainCapture } from '../../agents/activity/explain-activity.ts'
import { createContext } from '../../agents/context.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { UserError } from '../../errors.ts'
import { activityLines } from '../../terminal/activity-text.ts'

export default class ActivityExplain extends AgentvmCommand {
  static override description =
    'Say what an agent is doing, and by which rule of its profile that is known.\nWith --capture a recorded screen is read as a live one would be.'
  static override examples = [
    '<%= config.bin %> activity explain c1',
    {
      description: 'a recorded screen',
      command: '<%= config.bin %> activity explain --profile codex --capture screen.json --json',
    },
  ]
  static override args = {
    name: Args.string({ ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    profile: Flags.string({
      char: 'p',
      description: 'profile that the recorded screen is of',
      helpValue: 'PROFILE',
      dependsOn: ['capture'],
    }),
    capture: Flags.string({
      description: 'file with a recorded screen, as JSON',
      helpValue: 'FILE',
      dependsOn: ['profile'],
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ActivityExplain)
    const context = createContext(this.home, this.config)
    const explain = () => {
      if (flags.capture !== undefined && flags.profile !== undefined && args.name === undefined)
        return explainCapture(context, flags.profile, flags.capture)
      if (args.name !== undefined && flags.capture === undefined) return explainAgent(context, args.name)
      throw new UserError('there is nothing to explain', {
        fix: 'name an agent, or give --profile and --capture',
        exitCode: 2,
      })
    }
    const verdict = await explain()
    for (const line of activityLines(verdict)) this.log(line)
    return verdict
  }
}
