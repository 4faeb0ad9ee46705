import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { listAgents } from '../agents/report/view.ts'
import { tagsFromFlags } from '../agents/state/tags.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentTable } from '../terminal/agent-table.ts'

export default class List extends AgentvmCommand {
  static override aliases = ['ls']
  static override description = 'List agents, one a line.'
  static override examples = [
    '<%= config.bin %> list',
    '<%= config.bin %> list --tag env=staging --status running',
    { description: 'names only, for scripts', command: '<%= config.bin %> list -q' },
  ]
  static override flags = {
    tag: Flags.string({
      char: 't',
      description: 'only agents with this tag, repeatable',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    status: Flags.option({
      char: 's',
      options: ['running', 'dead'] as const,
      description: 'only agents that run, or that are dead',
    })(),
    quiet: Flags.boolean({ char: 'q', description: 'names only' }),
    activity: Flags.option({
      options: ['starting', 'blocker', 'working', 'waiting', 'idle', 'exited', 'unknown'] as const,
      description: 'only agents that are doing this',
    })(),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(List)
    const rows = await listAgents(createContext(this.home, this.config), {
      tags: tagsFromFlags(flags.tag ?? []),
      ...(flags.status ? { status: flags.status } : {}),
      ...(flags.activity ? { activity: flags.activity } : {}),
      look: flags.activity !== undefined || !flags.quiet || this.jsonEnabled(),
    })
    if (flags.quiet) for (const { name } of rows) this.log(name)
    else if (rows.length > 0) this.log(agentTable(rows, this.stdout).trimEnd())
    else if (process.stderr.isTTY) this.logToStderr("no agents; 'agentvm spawn NAME' starts one")
    return rows
  }
}
