import { Interrupted } from '../../errors.ts'

/** Lets a work of several steps end between two of them, so that it can be taken back, instead of anywhere. */
export interface Interrupt {
  /** Throws an {@link Interrupted} if Ctrl-C was pressed, or a signal to end came, since. */
  check: () => void
  /** Aborted when that happens, with the signal's name as reason, to end what can't look for it. */
  signal: AbortSignal
  /** Gives the signals their usual effect back. */
  stop: () => void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Works that hold the signals back now; a work within another one sees what came before it began. */
let holders = 0
let interruption = new AbortController()
const note = (signal: NodeJS.Signals) => interruption.abort(signal)

/** Holds SIGINT, SIGTERM and SIGHUP back until the next `check`. */
export function onInterrupt(): Interrupt {
  if (holders === 0) {
    interruption = new AbortController()
    for (const signal of SIGNALS) process.on(signal, note)
  }
  holders += 1
  const { signal } = interruption
  let stopped = false
  return {
    signal,
    check: () => {
      if (signal.aborted)
        throw new Interrupted('interrupted, everything was taken back', { signal: signal.reason })
    },
    stop: () => {
      if (stopped) return
      stopped = true
      holders -= 1
      if (holders === 0) for (const each of SIGNALS) process.off(each, note)
    },
  }
}

/** Runs `fn` while signals to end abort the one that it gets, instead of ending agentvm. */
export async function holdingInterrupts<T>(fn: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = onInterrupt()
  try {
    return await fn(interrupt.signal)
  } finally {
    interrupt.stop()
  }
}
