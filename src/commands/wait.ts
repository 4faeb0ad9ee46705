import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { combinedExitCode, waitForAgents } from '../agents/end/wait.ts'
import { type AgentRow, currentRow } from '../agents/report/view.ts'
import { selectAgents } from '../agents/state/select.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentChoice, namesArgs, tagFlag } from '../command-line/choice-flags.ts'
import { secondsFlag } from '../command-line/duration-flag.ts'
import { activityText } from '../terminal/agent-table.ts'

export default class Wait extends AgentvmCommand {
  static override description =
    'Wait until agents have ended, or until they are idle or wait for somebody.\nExits with 124 when the time is up.'
  static override examples = [
    '<%= config.bin %> wait c1',
    '<%= config.bin %> wait w-1 w-2 --any --timeout 600',
    '<%= config.bin %> wait --tag env=staging',
    { description: "pass the agent's exit code on", command: '<%= config.bin %> wait c1 --exit-code' },
  ]
  static override usage = 'wait NAME… [FLAGS]'
  static override strict = false
  static override args = namesArgs
  static override flags = {
    timeout: secondsFlag({ description: 'give up after so many seconds' }),
    any: Flags.boolean({ description: 'the first to end is enough', exclusive: ['all'] }),
    all: Flags.boolean({ description: 'wait for each of them (the default); without names, for all agents' }),
    tag: tagFlag,
    until: Flags.option({
      options: ['exit', 'idle', 'waiting'] as const,
      default: 'exit' as const,
      description: 'what to wait for',
    })(),
    'exit-code': Flags.boolean({
      description: "exit with the agents' own code: that of the first that failed",
    }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Wait)
    const context = createContext(this.home, this.config)
    const choice = agentChoice(argv, { tag: flags.tag, all: flags.all && argv.length === 0 })
    const ended = await waitForAgents(context, await selectAgents(context, choice), {
      any: flags.any,
      timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
      until: flags.until,
    })
    const rows = await Promise.all(ended.map((record) => currentRow(context, record)))
    for (const row of rows) this.log(outcomeText(row))
    if (flags['exit-code']) process.exitCode = combinedExitCode(ended)
    return rows
  }
}

function outcomeText(row: AgentRow): string {
  if (row.status === 'running') return `${row.name}: ${activityText(row)}`
  return `${row.name}: ${row.end_reason ?? 'ended'}, exit code ${row.exit_code ?? 'unknown'}`
}
