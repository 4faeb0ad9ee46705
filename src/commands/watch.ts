import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { secondsFlag } from '../command-line/duration-flag.ts'
import { UserError } from '../errors.ts'
import { cacheImports } from '../start/cache-imports.ts'
import { printSnapshots } from '../terminal/print-snapshots.ts'

/** Looks need some time of their own. */
const SHORTEST_INTERVAL = 0.1

export default class Watch extends AgentvmCommand {
  static override description = `Watch all agents on a dashboard: status, activity, CPU, memory, output.
Keys attach to an agent and come back, type messages, kill, restart, show logs and changes; ? lists them. Piped, or with --json, it prints one look after the other instead.`
  static override examples = [
    '<%= config.bin %> watch',
    '<%= config.bin %> watch --interval 10 | tee agents.txt',
    { description: 'one JSON object a second', command: '<%= config.bin %> watch -n 1 --json' },
  ]
  static override flags = {
    interval: secondsFlag({
      char: 'n',
      default: 2,
      description:
        'seconds between two looks; on the dashboard more with many agents: looks take at most a twentieth of a core',
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Watch)
    if (flags.interval < SHORTEST_INTERVAL) {
      throw new UserError(`--interval must be ${SHORTEST_INTERVAL} seconds or more`, { exitCode: 2 })
    }
    const intervalMs = flags.interval * 1000
    const json = this.jsonEnabled()
    const code =
      process.stdout.isTTY && process.env.TERM !== 'dumb' && !json
        ? await this.showDashboard(intervalMs)
        : await printSnapshots(createContext(this.home, this.config), { intervalMs, json })
    if (code !== 0) this.exit(code)
    return undefined
  }

  private async showDashboard(intervalMs: number): Promise<number> {
    cacheImports()
    const { runDashboard } = await import('../terminal/dashboard/run.ts')
    return runDashboard((say) => createContext(this.home, this.config, { warn: say, note: say }), {
      intervalMs,
    })
  }

  /** Each look has been printed as it came. */
  protected override logJson(json: unknown): void {
    if (json !== undefined) super.logJson(json)
  }
}
