import { Args } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { textToSend } from '../agents/delivery/text-to-send.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { deliveryFlags, sendOptions } from '../command-line/delivery-flags.ts'
import { sendAndReport } from '../command-line/send-command.ts'

export default class Send extends AgentvmCommand {
  static override description =
    "Type a file's content into an agent's terminal. Short for exec NAME --file FILE."
  static override examples = [
    '<%= config.bin %> send c1 task.md',
    '<%= config.bin %> send c1 --queue next.md',
  ]
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'name of the agent' }),
    file: Args.string({ required: true, ignoreStdin: true, description: 'the file; - reads standard input' }),
  }
  static override flags = {
    ...deliveryFlags,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Send)
    const text = await textToSend([], args.file)
    const context = createContext(this.home, this.config)
    return sendAndReport(context, args.name, text, sendOptions(flags), (line) => this.log(line))
  }
}
