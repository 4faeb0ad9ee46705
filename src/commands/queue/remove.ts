import { Args, Flags } from '@oclif/core'
import { createContext } from '../../agents/context.ts'
import { takeBack } from '../../agents/messages/manage.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { UserError } from '../../errors.ts'

export default class QueueRemove extends AgentvmCommand {
  static override description = 'Take back messages that wait for an agent.'
  static override examples = [
    '<%= config.bin %> queue remove c1 3f9a01c2',
    '<%= config.bin %> queue remove c1 --all',
  ]
  static override usage = 'queue remove NAME ID… | NAME --all'
  static override strict = false
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
    id: Args.string({ ignoreStdin: true, description: 'id of a message, as queue list shows it' }),
  }
  static override flags = {
    all: Flags.boolean({ description: 'all that wait for it' }),
  }

  async run(): Promise<unknown> {
    const { args, argv, flags } = await this.parse(QueueRemove)
    const ids = (argv as string[]).slice(1)
    if ((flags.all ?? false) === ids.length > 0) {
      throw new UserError('it is not clear which messages to take back', {
        fix: 'name their ids, or give --all',
        exitCode: 2,
      })
    }
    const context = createContext(this.home, this.config)
    const removed = await takeBack(context, args.name, flags.all ? 'all' : ids)
    for (const id of removed) this.log(`${args.name}: ${id} taken back`)
    return { name: args.name, removed }
  }
}
