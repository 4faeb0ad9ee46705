import { Args, Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { cleanAgents } from '../agents/end/clean.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { agentChoice } from '../command-line/choice-flags.ts'
import { formatBytes } from '../terminal/bytes.ts'
import { progressLine } from '../terminal/progress-line.ts'

export default class Clean extends AgentvmCommand {
  static override description =
    'Move dead agents to the trash, with workspace, home and log; remove from there what has been there for long.\nOne with work that lies nowhere else is kept and named, unless --force.'
  static override examples = [
    '<%= config.bin %> clean --dry-run',
    '<%= config.bin %> clean',
    '<%= config.bin %> clean c1 c2',
    '<%= config.bin %> clean --force',
  ]
  static override usage = 'clean [NAME…] [FLAGS]'
  static override strict = false
  static override args = {
    name: Args.string({ ignoreStdin: true, description: 'only these agents (default: all dead ones)' }),
  }
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'also agents with work that lies nowhere else' }),
    'dry-run': Flags.boolean({ description: 'say what would be done, and change nothing' }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Clean)
    const dryRun = flags['dry-run']
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const outcome = await cleanAgents(context, { ...agentChoice(argv, {}), force: flags.force, dryRun })
    const { cleaned, kept, expired } = outcome
    for (const { name, trash, bytes } of cleaned) {
      const size = formatBytes(bytes)
      this.log(dryRun ? `${name}: would go to the trash (${size})` : `${name}: moved to ${trash} (${size})`)
    }
    for (const { name, reason } of kept) this.log(`${name}: kept: ${reason}`)
    for (const { name, bytes } of expired) {
      const size = formatBytes(bytes)
      this.log(`${name}: ${dryRun ? 'would be removed' : 'removed'} from the trash for good (${size})`)
    }
    if (!flags.force && kept.some(({ reason }) => !reason.startsWith('it is running'))) {
      this.logToStderr('agentvm clean --force also moves those to the trash')
    }
    if (cleaned.length + kept.length + expired.length === 0) this.logToStderr('no dead agents')
    return outcome
  }
}
