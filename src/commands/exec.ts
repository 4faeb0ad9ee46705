import { createContext } from '../agents/context.ts'
import { textToSend } from '../agents/delivery/text-to-send.ts'
import { checkChoice } from '../agents/state/select.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { broadcastAndReport } from '../command-line/broadcast-command.ts'
import { agentChoice, choiceFlags, choosesMany } from '../command-line/choice-flags.ts'
import { DELIVERY_VALUE_FLAGS, deliveryFlags, fileFlag, sendOptions } from '../command-line/delivery-flags.ts'
import { sendAndReport } from '../command-line/send-command.ts'
import { splitText } from '../command-line/text-words.ts'

export default class Exec extends AgentvmCommand {
  static override description =
    "Type text into an agent's terminal as one paste, then press Enter.\nFlags come before the text; from its first word on, all is verbatim."
  static override examples = [
    '<%= config.bin %> exec c1 "write a hello-world in rust"',
    '<%= config.bin %> exec c1 --file task.md',
    {
      description: 'once it has done what it does',
      command: "<%= config.bin %> exec c1 --wait 'now add a test'",
    },
    {
      description: 'the same, without waiting for it here',
      command: "<%= config.bin %> exec c1 --queue 'now add a test'",
    },
    { description: 'to several', command: "<%= config.bin %> exec --tag env=staging 'git pull'" },
    'git diff | <%= config.bin %> exec c1 --file -',
  ]
  static override usage = 'exec NAME [FLAGS] TEXT…'
  static override strict = false
  static override flags = {
    file: fileFlag,
    ...choiceFlags,
    ...deliveryFlags,
  }

  async run(): Promise<unknown> {
    const valueFlags = ['--file', '-f', '--tag', '-t', ...DELIVERY_VALUE_FLAGS]
    const { flags: own, name, words } = splitText(this.argv, valueFlags, (seen) => !choosesMany(seen))
    const { flags } = await this.parse(Exec, own)
    const choice = agentChoice(name === undefined ? [] : [name], flags)
    const context = createContext(this.home, this.config)
    checkChoice(choice)
    const text = await textToSend(words, flags.file)
    if (name === undefined) {
      return broadcastAndReport(context, choice.tags, text, sendOptions(flags), (line) => this.log(line))
    }
    return sendAndReport(context, name, text, sendOptions(flags), (line) => this.log(line))
  }
}
