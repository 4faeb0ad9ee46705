import { Args, Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import type { Outcome } from '../agents/each.ts'
import { rowOf } from '../agents/report/view.ts'
import { describePlan } from '../agents/spawn/describe-plan.ts'
import { planOnly } from '../agents/spawn/reserve.ts'
import type { SpawnedAgent } from '../agents/spawn/spawn.ts'
import { spawnSwarm, swarmRequests } from '../agents/spawn/swarm.ts'
import { readPrompts } from '../agents/spawn/swarm-prompts.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { exitByOutcomes, outcomeRows, reportFailure } from '../command-line/report.ts'
import { promptFromFlags, spawnFlags, spawnRequest, splitCommand } from '../command-line/spawn-flags.ts'
import { swarmSize } from '../command-line/swarm-size.ts'

export default class Swarm extends AgentvmCommand {
  static override description =
    'Start agents BASE-1 to BASE-N at once, each with the same flags as spawn takes.\nIn prompts {i}, {n} and {name} are filled in: its number, how many there are, its name. Piped, it prints the names of those that run.'
  static override examples = [
    '<%= config.bin %> swarm crawler 5 -p claude-code --prompt crawl.md',
    {
      description: 'a part for each',
      command: '<%= config.bin %> swarm w 4 -p codex -m "Review part {i} of {n}"',
    },
    {
      description: 'a prompt for each, one file each',
      command: '<%= config.bin %> swarm w --prompts tasks/ -p codex',
    },
  ]
  static override usage = 'swarm BASE [N] [FLAGS] [-- COMMAND…]'
  static override args = {
    base: Args.string({ required: true, ignoreStdin: true, description: 'what the names begin with' }),
    n: Args.string({ ignoreStdin: true, description: 'how many' }),
  }
  static override flags = {
    ...spawnFlags,
    count: Flags.string({ char: 'n', helpValue: 'N', description: 'how many' }),
    prompts: Flags.string({
      helpValue: 'DIR',
      description: 'folder with one prompt file an agent, in the order of their names',
      exclusive: ['prompt', 'message'],
    }),
    'dry-run': Flags.boolean({ description: 'print the plans, without secrets, and change nothing' }),
  }

  async run(): Promise<unknown> {
    const { own, command } = splitCommand(this.argv)
    const { args, flags } = await this.parse(Swarm, own)
    const prompts = flags.prompts === undefined ? undefined : readPrompts(flags.prompts)
    const count = swarmSize(args.n, flags.count, prompts?.length)
    const prompt = await promptFromFlags(flags)
    const template = spawnRequest(args.base, flags, { command, prompt, tty: true })
    const requests = swarmRequests(args.base, count, template, prompts)
    const context = createContext(this.home, this.config)
    if (flags['dry-run']) {
      const plans = []
      for (const request of requests)
        plans.push(await describePlan(context, await planOnly(context, request)))
      this.log(JSON.stringify(plans, null, 2))
      return plans
    }
    let done = 0
    const outcomes = await spawnSwarm(context, requests, (outcome: Outcome<SpawnedAgent>) => {
      done += 1
      if (!outcome.ok) return reportFailure(outcome)
      const { name, sandbox, workspace } = outcome.value.record
      const place = `[${String(done).padStart(String(count).length)}/${count}]`
      if (this.stdout.isTTY) this.log(`${place} ${name}: running in ${sandbox}, workspace ${workspace}`)
    })
    if (!this.stdout.isTTY) for (const { name, ok } of outcomes) if (ok) this.log(name)
    exitByOutcomes(outcomes)
    return outcomeRows(
      outcomes.map((outcome) =>
        outcome.ok ? { ...outcome, value: rowOf(context, outcome.value.record) } : outcome,
      ),
    )
  }
}
