import { Flags } from '@oclif/core'
import { cleanAgents } from '../agents/clean.ts'
import { createContext } from '../agents/context.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { formatBytes } from '../terminal/bytes.ts'

export default class Clean extends AgentvmCommand {
  static override description =
    'Move dead agents to the trash, with workspace, home and log.\nOne with work that lies nowhere else is kept and named, unless --force.'
  static override examples = [
    '<%= config.bin %> clean --dry-run',
    '<%= config.bin %> clean',
    '<%= config.bin %> clean --force',
  ]
  static override flags = {
    force: Flags.boolean({ char: 'f', description: 'also agents with work that lies nowhere else' }),
    'dry-run': Flags.boolean({ description: 'say what would be done, and change nothing' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Clean)
    const outcome = await cleanAgents(createContext(this.home, this.config), {
      force: flags.force,
      dryRun: flags['dry-run'],
    })
    for (const { name, trash, bytes } of outcome.cleaned) {
      this.log(
        flags['dry-run']
          ? `${name}: would go to the trash`
          : `${name}: moved to ${trash} (${formatBytes(bytes)})`,
      )
    }
    for (const { name, reason } of outcome.kept) this.log(`${name}: kept: ${reason}`)
    if (outcome.kept.length > 0)
      this.logToStderr('agentvm clean --force also moves those with work to the trash')
    if (outcome.cleaned.length + outcome.kept.length === 0) this.logToStderr('no dead agents')
    return outcome
  }
}
