import { createContext } from '../agents/context.ts'
import { collectStats } from '../agents/report/stats.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { statsText } from '../terminal/stats-text.ts'

export default class Stats extends AgentvmCommand {
  static override description =
    'Count agents, the bytes of workspaces, homes, logs and trash, and the events of today.\nSizes are those of the files; counting takes ten seconds at most, then they are lower bounds.'
  static override examples = ['<%= config.bin %> stats', '<%= config.bin %> stats --json']

  async run(): Promise<unknown> {
    await this.parse(Stats)
    const stats = await collectStats(createContext(this.home, this.config))
    this.log(statsText(stats, this.stdout))
    return stats
  }
}
