import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { listUsage } from '../agents/usage/ps.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { usageTable } from '../terminal/usage-table.ts'

export default class Ps extends AgentvmCommand {
  static override description = `Show what running agents use: CPU, memory, processes, uptime.
Each agent's whole process tree counts, launcher and sandbox included, its tmux server not. CPU is measured since the last command that looked, if that was 0.2 to 3 seconds ago, else over a moment, in percent of one core. RSS counts a page that several processes share in each of them; --pss divides it among them.`
  static override examples = [
    '<%= config.bin %> ps',
    '<%= config.bin %> ps --all',
    { description: 'the memory that each one really takes', command: '<%= config.bin %> ps --pss --json' },
  ]
  static override flags = {
    all: Flags.boolean({ char: 'a', description: 'dead agents, too' }),
    pss: Flags.boolean({ description: 'also memory without double counting; takes some ms a process' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Ps)
    const rows = await listUsage(createContext(this.home, this.config), flags)
    if (rows.length > 0) this.log(usageTable(rows, flags, this.stdout).trimEnd())
    else if (process.stderr.isTTY) this.logToStderr(`no agents${flags.all ? '' : ' are running'}`)
    return rows
  }
}
