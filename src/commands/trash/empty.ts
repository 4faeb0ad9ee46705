import { Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { emptyTrash } from '../../agents/trash/empty.ts'
import { trashEntries } from '../../agents/trash/entries.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { ageFlag } from '../../command-line/duration-flag.ts'
import { UserError } from '../../errors.ts'
import { formatBytes } from '../../terminal/bytes.ts'
import { confirm } from '../../terminal/confirm.ts'
import { progressLine } from '../../terminal/progress-line.ts'

export default class TrashEmpty extends AgentvmCommand {
  static override description = 'Remove for good what lies in the trash. Asks first.'
  static override examples = [
    '<%= config.bin %> trash empty',
    '<%= config.bin %> trash empty --older-than 7d --force',
  ]
  static override flags = {
    'older-than': ageFlag({ description: 'only what came there longer ago' }),
    force: Flags.boolean({ char: 'f', description: "don't ask" }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(TrashEmpty)
    const context = createContext(this.home, this.config, { progress: progressLine() })
    const before = Date.now() - (flags['older-than'] ?? 0)
    const entries = trashEntries(context).filter(({ trashed_at }) => Date.parse(trashed_at) <= before)
    const size = formatBytes(entries.reduce((sum, { bytes }) => sum + bytes, 0))
    if (entries.length > 0 && !flags.force) {
      const names = entries.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ')
      const question = `This removes ${entries.length} agents for good, ${size}: ${names}. Go on?`
      if (!(await confirm(question))) throw new UserError('nothing was done')
    }
    await emptyTrash(context, entries)
    for (const { name, bytes } of entries) this.log(`${name}: removed for good (${formatBytes(bytes)})`)
    if (entries.length === 0) this.logToStderr('nothing to remove')
    return entries
  }
}
