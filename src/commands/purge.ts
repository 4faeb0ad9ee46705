import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { purgeAgents } from '../agents/end/clean.ts'
import { previewPurge } from '../agents/end/purge-preview.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { UserError } from '../errors.ts'
import { formatBytes } from '../terminal/bytes.ts'
import { confirmTyped, requireSomebody } from '../terminal/confirm.ts'
import { progressLine } from '../terminal/progress-line.ts'
import { purgeList, purgeQuestion } from '../terminal/purge-question.ts'

export default class Purge extends AgentvmCommand {
  static override description =
    'End all agents and move them to the trash. Says what would be lost, and asks for a typed yes.'
  static override examples = ['<%= config.bin %> purge', '<%= config.bin %> purge --force']
  static override flags = {
    force: Flags.boolean({ char: 'f', description: "don't ask" }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Purge)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    if (!flags.force && context.store.names().length > 0) {
      requireSomebody()
      const previews = await previewPurge(context)
      this.logToStderr(purgeList(previews))
      if (!(await confirmTyped(purgeQuestion(previews), 'yes'))) throw new UserError('nothing was done')
    }
    const purged = await purgeAgents(context)
    for (const { name, trash, bytes } of purged)
      this.log(`${name}: moved to ${trash} (${formatBytes(bytes)})`)
    if (purged.length === 0) this.logToStderr('no agents')
    return purged
  }
}
