import { Args, Flags } from '@oclif/core'
import { attachAgent } from '../agents/attach/attach.ts'
import { createContext } from '../agents/context.ts'
import { rowOf } from '../agents/report/view.ts'
import { describePlan } from '../agents/spawn/describe-plan.ts'
import { planOnly } from '../agents/spawn/reserve.ts'
import { spawnAgent } from '../agents/spawn/spawn.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { promptFromFlags, spawnFlags, spawnRequest, splitCommand } from '../command-line/spawn-flags.ts'
import { spawnedText } from '../terminal/network-text.ts'
import { progressLine } from '../terminal/progress-line.ts'

export default class Spawn extends AgentvmCommand {
  static override description =
    'Start an agent in a sandbox and a tmux session of its own.\nA name that is dead is started again over its workspace.'
  static override examples = [
    {
      description: 'Claude Code with a task',
      command: '<%= config.bin %> spawn c1 -p claude-code --prompt task.md',
    },
    { description: 'any command', command: "<%= config.bin %> spawn t1 -- sh -c 'echo hello; exec bash'" },
    {
      description: 'over a copy of a project',
      command: '<%= config.bin %> spawn c1 -p codex --from-dir ~/app',
    },
    { description: 'see what would happen', command: '<%= config.bin %> spawn c1 -p codex --dry-run' },
  ]
  static override usage = 'spawn NAME [FLAGS] [-- COMMAND…]'
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    ...spawnFlags,
    'dry-run': Flags.boolean({ description: 'print the plan, without secrets, and change nothing' }),
    attach: Flags.boolean({ description: "connect to the agent's terminal at once" }),
  }

  async run(): Promise<unknown> {
    const { own, command } = splitCommand(this.argv)
    const { args, flags } = await this.parse(Spawn, own)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const prompt = await promptFromFlags(flags)
    const request = spawnRequest(args.name, flags, { command, prompt, tty: true })
    if (flags['dry-run']) {
      const plan = await describePlan(context, await planOnly(context, request))
      this.log(JSON.stringify(plan, null, 2))
      return plan
    }
    const { record } = await spawnAgent(context, request)
    const row = rowOf(context, record)
    this.log(spawnedText(row))
    if (record.did !== undefined) this.log(`${record.name}: ${record.did}`)
    if (flags.attach) process.exitCode = await attachAgent(context, record.name, { readOnly: false })
    return row
  }
}
