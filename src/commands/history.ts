import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { EVENT_NAMES } from '../agents/events.ts'
import { type EventRow, eventRow } from '../agents/journal/entry.ts'
import { history } from '../agents/journal/history.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { sinceFlag } from '../command-line/since-flag.ts'
import { journalLines } from '../terminal/journal-lines.ts'
import { Output } from '../terminal/output.ts'

export default class History extends AgentvmCommand {
  static override description =
    'Show the journal: what happened to agents, the latest last.\nPiped, the columns are separated by tabs, as in the file.'
  static override examples = [
    '<%= config.bin %> history -n 20',
    '<%= config.bin %> history -e exit -e lost --since 2h',
    '<%= config.bin %> history --agent c1 --json',
  ]
  static override flags = {
    lines: Flags.integer({
      char: 'n',
      min: 0,
      default: 50,
      helpValue: 'N',
      description: 'entries from the end',
    }),
    event: Flags.option({
      char: 'e',
      options: EVENT_NAMES,
      multiple: true,
      multipleNonGreedy: true,
      description: 'only these events, repeatable',
    })(),
    agent: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
      description: 'only these agents, repeatable; also those that are gone',
    }),
    since: sinceFlag({ description: 'nothing before: 30m, 2h, 3d, or a date and time' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(History)
    const filter = { events: flags.event ?? [], names: flags.agent ?? [], since: flags.since }
    const output = new Output()
    const rows: EventRow[] = []
    for await (const batch of history(createContext(this.home, this.config), filter, flags.lines)) {
      if (this.jsonEnabled()) rows.push(...batch.map(eventRow))
      else await output.write(journalLines(batch, this.stdout))
      if (output.closed.aborted) break
    }
    return rows
  }
}
