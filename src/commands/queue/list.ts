import { createContext } from '../../agents/context.ts'
import { waitingMessages } from '../../agents/messages/manage.ts'
import { AgentvmCommand } from '../../agentvm-command.ts'
import { namesArgs } from '../../command-line/choice-flags.ts'
import { messageTable } from '../../terminal/message-table.ts'

export default class QueueList extends AgentvmCommand {
  static override description =
    'List the messages that wait until their agent is idle, oldest first (exec --queue).'
  static override examples = ['<%= config.bin %> queue list', '<%= config.bin %> queue list c1 --json']
  static override strict = false
  static override args = namesArgs

  async run(): Promise<unknown> {
    const { argv } = await this.parse(QueueList)
    const messages = waitingMessages(createContext(this.home, this.config), argv as string[])
    if (messages.length > 0) this.log(messageTable(messages, this.stdout).trimEnd())
    else this.logToStderr('no message waits')
    return messages
  }
}
