import { createContext } from '../agents/context.ts'
import { textToSend } from '../agents/delivery/text-to-send.ts'
import { tagsFromFlags } from '../agents/state/tags.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { broadcastAndReport } from '../command-line/broadcast-command.ts'
import { tagFlag } from '../command-line/choice-flags.ts'
import { DELIVERY_VALUE_FLAGS, deliveryFlags, fileFlag, sendOptions } from '../command-line/delivery-flags.ts'
import { splitText } from '../command-line/text-words.ts'

export default class Broadcast extends AgentvmCommand {
  static override description =
    'Type text into the terminals of all running agents at once, or of those with a tag, then press Enter.\nFlags come before the text; from its first word on, all is verbatim.'
  static override examples = [
    '<%= config.bin %> broadcast "run the tests"',
    '<%= config.bin %> broadcast --tag env=staging "git pull"',
  ]
  static override usage = 'broadcast [FLAGS] TEXT…'
  static override strict = false
  static override flags = { tag: tagFlag, file: fileFlag, ...deliveryFlags }

  async run(): Promise<unknown> {
    const valueFlags = ['--tag', '-t', '--file', '-f', ...DELIVERY_VALUE_FLAGS]
    const { flags: own, words } = splitText(this.argv, valueFlags, () => false)
    const { flags } = await this.parse(Broadcast, own)
    const text = await textToSend(words, flags.file, 'broadcast')
    const context = createContext(this.home, this.config)
    const tags = tagsFromFlags(flags.tag ?? [])
    return broadcastAndReport(context, tags, text, sendOptions(flags), (line) => this.log(line))
  }
}
