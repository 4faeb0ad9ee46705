import { FileChanges } from './file-changes.ts'
import { GrowingLog } from './growing-log.ts'
import type { LogView } from './log-text.ts'
import { UnfinishedLine } from './unfinished-line.ts'

/** How long to wait for the last bytes of an agent whose launcher could not mark the end of its log. */
const LAST_BYTES_MS = 300
/** After this much silence an unfinished line is shown: it may be a question. */
const SILENCE_MS = 250

/** What following needs to know besides what is shown. */
export interface FollowOptions extends LogView {
  /** Resolves when the agent has ended. A rejection counts, too. */
  ended: Promise<void>
  /** Show a line that isn't complete yet, and redraw it when it changes: for a terminal. */
  showUnfinished: boolean
  /** Ends the following quietly. */
  signal: AbortSignal
}

/**
 * The last lines of a log, then what is added to it, until the agent has ended and everything was read. Copes with a
 * log that doesn't exist yet, is truncated, or is replaced by a new file. A chunk is valid until the next one.
 */
export async function* followLog(path: string, options: FollowOptions): AsyncGenerator<Buffer> {
  const { signal, ended } = options
  const changes = new FileChanges(path)
  const wake = () => changes.notify()
  let hasEnded = false
  ended
    .catch(() => {})
    .then(() => {
      hasEnded = true
      wake()
    })
  signal.addEventListener('abort', wake)
  const log = new GrowingLog(path, options)
  const line = options.showUnfinished ? new UnfinishedLine() : undefined
  try {
    let silentAfterEnd = false
    while (!signal.aborted) {
      const endedBefore = hasEnded
      let silent = true
      for await (const chunk of log.added()) {
        if (signal.aborted) return
        silent = false
        if (chunk.length > 0) yield line?.continueWith(chunk) ?? chunk
      }
      if (endedBefore && (log.atEndMarker || (silent && silentAfterEnd))) break
      if (silent && line) yield line.show(log.unfinished)
      silentAfterEnd = endedBefore && silent
      await changes.next(endedBefore ? LAST_BYTES_MS : silent ? undefined : SILENCE_MS)
    }
    const rest = log.end()
    yield line ? Buffer.concat([line.continueWith(rest), line.end()]) : rest
  } finally {
    signal.removeEventListener('abort', wake)
    changes.close()
    await log.close()
  }
}
