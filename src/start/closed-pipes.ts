import { noteStreamUsed } from '../terminal/standard-output.ts'

/**
 * Lets a command end quietly when the reader of its output has gone (`agentvm list | head -1`): nobody is left to tell. A
 * stream is readied when it is first used: that takes milliseconds, and most commands write nothing to stderr.
 */
export function ignoreClosedPipes(): void {
  noteStreamUsed(false)
  for (const name of ['stdout', 'stderr'] as const) {
    const found = Object.getOwnPropertyDescriptor(process, name)
    let isReady = false
    Object.defineProperty(process, name, {
      ...found,
      get() {
        const stream: NodeJS.WriteStream = found?.get?.call(process)
        if (!isReady) {
          isReady = true
          if (name === 'stdout') noteStreamUsed(true)
          stream.on('error', (error: NodeJS.ErrnoException) => {
            // EIO: the terminal is gone.
            if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
          })
        }
        return stream
      },
    })
  }
}
