import { UserError } from '../errors.ts'

/** Lets a work of several steps end between two of them, so that it can be taken back, instead of anywhere. */
export interface Interrupt {
  /** Aborted at that signal. */
  signal: AbortSignal
  /** Throws a {@link UserError} (exit code 130) if Ctrl-C was pressed, or a signal to end came, since. */
  check: () => void
  /** Gives the signals their usual effect back. */
  stop: () => void
}

/** Holds SIGINT, SIGTERM and SIGHUP back until the next `check`. */
export function onInterrupt(): Interrupt {
  const interruption = new AbortController()
  const note = () => interruption.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, note)
  return {
    signal: interruption.signal,
    check: () => {
      if (interruption.signal.aborted)
        throw new UserError('interrupted, everything was taken back', { exitCode: 130 })
    },
    stop: () => {
      for (const signal of signals) process.off(signal, note)
    },
  }
}
