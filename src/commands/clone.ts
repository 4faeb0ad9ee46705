import { Args, Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { cloneAgent } from '../agents/move/clone.ts'
import { rowOf } from '../agents/report/view.ts'
import { startClone } from '../agents/restart/start-clone.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { progressLine } from '../terminal/progress-line.ts'

export default class Clone extends AgentvmCommand {
  static override aliases = ['cp']
  static override description =
    'Copy an agent: its workspace, its home, its prompt, and how it was started. The copy is dead until it is restarted.\nThe original may run meanwhile: what is there is copied.'
  static override examples = [
    '<%= config.bin %> clone reviewer reviewer-2',
    '<%= config.bin %> clone reviewer reviewer-2 --start',
  ]
  static override args = {
    from: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent to copy' }),
    to: Args.string({ required: true, ignoreStdin: true, description: 'name of the copy' }),
  }
  static override flags = {
    start: Flags.boolean({ description: 'start the copy, as restart does' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Clone)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const clone = await cloneAgent(context, args.from, args.to)
    this.log(
      flags.start
        ? `${clone.name}: a copy of ${args.from}, workspace ${clone.workspace}`
        : `${clone.name}: a copy of ${args.from}, not started: agentvm restart ${clone.name}`,
    )
    return rowOf(context, flags.start ? await startClone(context, clone) : clone)
  }
}
