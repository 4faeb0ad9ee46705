import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { sendToAgent, textToSend } from '../agents/send.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { DELIVERY_VALUE_FLAGS, deliveryFlags, sendOptions } from '../delivery-flags.ts'
import { UserError } from '../errors.ts'
import { takenText } from '../terminal/taken-text.ts'
import { splitText } from '../text-words.ts'

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
    'git diff | <%= config.bin %> exec c1 --file -',
  ]
  static override usage = 'exec NAME [FLAGS] TEXT…'
  static override strict = false
  static override flags = {
    file: Flags.string({
      char: 'f',
      description: 'type the content of a file; - reads standard input',
      helpValue: 'FILE',
    }),
    ...deliveryFlags,
  }

  async run(): Promise<unknown> {
    const { flags: own, name, words } = splitText(this.argv, ['--file', '-f', ...DELIVERY_VALUE_FLAGS])
    const { flags } = await this.parse(Exec, own)
    if (name === undefined) {
      throw new UserError('which agent?', { fix: 'agentvm exec NAME TEXT…', exitCode: 2 })
    }
    const text = await textToSend(words, flags.file)
    const sent = await sendToAgent(createContext(this.home, this.config), name, text, sendOptions(flags))
    this.log(`${name}: ${sent.bytes} bytes typed${takenText(sent)}`)
    return sent
  }
}
