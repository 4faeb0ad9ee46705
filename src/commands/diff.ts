import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { diffAgent } from '../agents/diff/diff-agent.ts'
import { AgentvmCommand, Flags } from '../agentvm-command.ts'
import { changedNames, printDiff } from '../terminal/diff-printer.ts'
import { withPager } from '../terminal/pager.ts'
import { visibleLine } from '../terminal/visible.ts'

export default class Diff extends AgentvmCommand {
  static override description =
    'Show everything that an agent has changed in its workspace since its spawn: committed or not, new, deleted.\nNothing that the agent has configured is executed. Files that git ignores are left out, unless --ignored.'
  static override examples = [
    '<%= config.bin %> diff c1',
    '<%= config.bin %> diff c1 --stat',
    { description: 'take the changes over', command: '<%= config.bin %> diff c1 --raw | git apply' },
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
  }
  static override flags = {
    stat: Flags.boolean({
      description: 'a line a file, with its counts',
      exclusive: ['name-only', 'raw'],
    }),
    'name-only': Flags.boolean({ description: 'the names of the changed files', exclusive: ['stat', 'raw'] }),
    ignored: Flags.boolean({ description: 'also what git ignores' }),
    raw: Flags.boolean({
      description: 'the differences alone, control characters as they are',
      exclusive: ['stat', 'name-only'],
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Diff)
    const context = createContext(this.home, this.config)
    if (this.jsonEnabled()) return diffAgent(context, args.name, flags)
    const { isTTY = false, columns = 80 } = this.stdout
    const report = await diffAgent(context, args.name, flags, async (report, patch) => {
      if (flags['name-only']) for (const name of changedNames(report)) this.log(name)
      else if (report.files.length + report.flagged.length + (report.commits ?? []).length > 0) {
        const form = { stat: flags.stat, raw: flags.raw, isTTY, width: columns }
        await withPager((output) => printDiff(report, patch, output, form))
      }
    })
    if (report.files.length === 0) this.logToStderr(`no file has changed since ${report.since}`)
    if (report.base === 'file-times') this.logToStderr('told by file times: deleted files are missing')
    if (report.ignored) this.logToStderr(`${report.ignored} ignored left out: --ignored shows them`)
    for (const problem of report.problems) context.warn(visibleLine(problem))
    return report
  }
}
