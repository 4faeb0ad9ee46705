import { Flags } from '@oclif/core'
import { purgeAgents } from '../agents/clean.ts'
import { createContext } from '../agents/context.ts'
import { listAgents } from '../agents/view.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { UserError } from '../errors.ts'
import { formatBytes } from '../terminal/bytes.ts'
import { confirmTyped } from '../terminal/confirm.ts'

export default class Purge extends AgentvmCommand {
  static override description = 'End all agents and move them to the trash. Asks for a typed yes.'
  static override examples = ['<%= config.bin %> purge', '<%= config.bin %> purge --force']
  static override flags = {
    force: Flags.boolean({ char: 'f', description: "don't ask" }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Purge)
    const context = createContext(this.home, this.config)
    const rows = await listAgents(context)
    const running = rows.filter(({ status }) => status === 'running').length
    if (rows.length > 0 && !flags.force) {
      const question = `This ends ${running} running agents and moves all ${rows.length} to the trash: ${rows.map(({ name }) => name).join(', ')}.`
      if (!(await confirmTyped(question, 'yes'))) throw new UserError('nothing was done')
    }
    const purged = await purgeAgents(context)
    for (const { name, trash, bytes } of purged)
      this.log(`${name}: moved to ${trash} (${formatBytes(bytes)})`)
    if (purged.length === 0) this.logToStderr('no agents')
    return purged
  }
}
