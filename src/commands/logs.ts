import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { settledAgent } from '../agents/end/settled-agent.ts'
import { followLogs, readLogs, readScreens, showLogs } from '../agents/log/logs.ts'
import { AgentvmCommand, Flags } from '../agentvm-command.ts'
import { UserError } from '../errors.ts'
import { LogPrinter } from '../terminal/log-printer.ts'
import { Output, untilInterrupted } from '../terminal/output.ts'

export default class Logs extends AgentvmCommand {
  static override description = 'Show what agents have printed'
  static override examples = [
    '<%= config.bin %> logs reviewer -n 50',
    '<%= config.bin %> logs crawler-1 crawler-2 --follow',
    '<%= config.bin %> logs reviewer --screen',
  ]
  static override strict = false
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'one or more agents' }),
  }
  static override flags = {
    lines: Flags.integer({
      char: 'n',
      min: 0,
      default: 200,
      helpValue: 'N',
      description: 'lines from the end',
    }),
    all: Flags.boolean({ description: 'all lines', exclusive: ['lines', 'screen'] }),
    follow: Flags.boolean({ char: 'f', description: 'go on until the agents end' }),
    raw: Flags.boolean({ description: 'keep escape sequences' }),
    screen: Flags.boolean({
      description: 'what the terminal shows now, instead of the log',
      exclusive: ['follow', 'raw'],
    }),
    since: Flags.string({ hidden: true }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Logs)
    if (flags.since) throw new UserError('--since is not there yet: logs hold no times', { exitCode: 2 })
    if (flags.follow && this.jsonEnabled()) throw new UserError("--json can't follow", { exitCode: 2 })
    const lines = flags.all ? Number.MAX_SAFE_INTEGER : flags.lines
    const context = createContext(this.home, this.config)
    const names = [...new Set(argv as string[])]
    const agents = await Promise.all(names.map((name) => settledAgent(context, name)))
    const output = new Output()
    const printer = new LogPrinter(agents, output)
    if (this.jsonEnabled() || flags.screen) {
      const logs = await (flags.screen ? readScreens(agents) : readLogs(agents, { lines, raw: flags.raw }))
      if (!this.jsonEnabled()) await printer.printLines(logs)
      return agents.length === 1 ? logs[0] : logs
    }
    const interrupted = await untilInterrupted(async (interruption) => {
      const signal = AbortSignal.any([interruption, output.closed])
      const view = { lines, raw: flags.raw, showUnfinished: printer.isInteractive }
      if (flags.follow) await followLogs(this.home, agents, view, printer.sink, signal)
      else await showLogs(agents, view, printer.sink, signal)
    })
    if (interrupted) this.exit(130)
    await printer.end()
    return undefined
  }
}
