import type { Context } from '../context.ts'
import { settleAll } from '../end/settle.ts'
import type { JournalEntry, JournalFilter } from './entry.ts'
import { readJournal } from './read.ts'

/** The last entries of the journal that fit, in batches, after the ends that nobody has seen yet were written into it. */
export async function* history(
  context: Context,
  filter: JournalFilter,
  count: number,
): AsyncGenerator<JournalEntry[]> {
  await settleAll(context)
  yield* readJournal(context.home.journal, filter, count)
}
