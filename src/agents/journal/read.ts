import type { Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errorCode } from '../../system/files.ts'
import { KEPT } from './append.ts'
import { type JournalEntry, type JournalFilter, matches, parseEntry } from './entry.ts'
import { linesBackward, linesForward } from './lines.ts'

interface OpenJournal {
  file: FileHandle
  stats: Stats
}

/**
 * The last `count` entries of the journal that fit, the oldest first, in batches. Reads from the end only as far as
 * it has to, across the files that were put aside, in constant memory.
 */
export async function* readJournal(
  path: string,
  filter: JournalFilter,
  count: number,
): AsyncGenerator<JournalEntry[]> {
  const journals = await openJournals(path)
  try {
    const from = await findStart(journals, filter, count)
    for (const { file, stats } of journals.slice(0, from.journal + 1).reverse()) {
      const start = file === journals[from.journal]?.file ? from.at : 0
      for await (const lines of linesForward(file, start, stats.size)) {
        yield lines.flatMap((line) => {
          const entry = parseEntry(line)
          return entry && matches(entry, filter) ? [entry] : []
        })
      }
    }
  } finally {
    for (const { file } of journals) await file.close()
  }
}

/** The journal and those put aside, the newest first, as they are now. One that is being put aside meanwhile comes up twice: its second coming is left out. */
async function openJournals(path: string): Promise<OpenJournal[]> {
  const journals: OpenJournal[] = []
  for (let index = 0; index <= KEPT; index += 1) {
    try {
      const file = await open(index === 0 ? path : `${path}.${index}`, 'r')
      const stats = await file.stat()
      if (journals.some((other) => other.stats.ino === stats.ino && other.stats.dev === stats.dev)) {
        await file.close()
      } else journals.push({ file, stats })
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }
  return journals
}

/** Where the first of the last `count` entries that fit begins. */
async function findStart(
  journals: readonly OpenJournal[],
  filter: JournalFilter,
  count: number,
): Promise<{ journal: number; at: number }> {
  let found = { journal: -1, at: 0 }
  let left = count
  for (const [journal, { file, stats }] of journals.entries()) {
    // No line in it was written after its last change, and all others are older still.
    if (left === 0 || (filter.since !== undefined && stats.mtime < filter.since)) break
    for await (const lines of linesBackward(file, stats.size)) {
      for (const { at, text } of lines) {
        const entry = parseEntry(text)
        if (!entry || !matches(entry, filter)) continue
        found = { journal, at }
        left -= 1
        if (left === 0) return found
      }
    }
  }
  return found
}
