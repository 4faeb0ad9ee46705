import type { Writable } from 'node:stream'

/** Standard output for long results: waits where the reader is slow, and says when there is no reader any more (`| head`). */
export class Output {
  private readonly stream: Writable & { isTTY?: boolean }
  private readonly closing = new AbortController()

  constructor(stream: Writable & { isTTY?: boolean } = process.stdout) {
    this.stream = stream
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      this.closing.abort()
    })
  }

  get isTTY(): boolean {
    return this.stream.isTTY === true
  }

  /** Aborted once the reader is gone. */
  get closed(): AbortSignal {
    return this.closing.signal
  }

  /** Resolves when `text` has been taken over. Writes nothing once the reader is gone. */
  async write(text: string | Uint8Array): Promise<void> {
    if (text.length === 0 || this.closed.aborted) return
    // The callback comes with an error, too: the listener above deals with it.
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()))
  }
}

/** Runs `fn` with a signal that Ctrl-C aborts, instead of ending the process. Returns whether it was aborted. */
export async function untilInterrupted(fn: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const interruption = new AbortController()
  const abort = () => interruption.abort()
  process.once('SIGINT', abort)
  try {
    await fn(interruption.signal)
  } finally {
    process.off('SIGINT', abort)
  }
  return interruption.signal.aborted
}
