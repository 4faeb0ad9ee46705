import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { Interrupted } from '../errors.ts'

/** The exit code of what a signal has ended: 128 + N. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/**
 * Waits for a program that has the user's terminal, and returns its exit code. Ctrl-C is that program's. A signal that
 * would end us ends it first, so that it gives the terminal back; then whoever else listens hears of the signal, and an
 * {@link Interrupted} is thrown. Throws what kept the program from being started, too.
 */
export async function waitInForeground(child: ChildProcess): Promise<number> {
  let caught: NodeJS.Signals | undefined
  const passOn = (signal: NodeJS.Signals) => {
    caught = signal
    child.kill('SIGTERM')
  }
  const ignore = () => {}
  process.on('SIGINT', ignore)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn)
  let code: number
  try {
    code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (own, signal) => resolve(own ?? (signal ? signalExitCode(signal) : 1)))
    })
  } finally {
    process.off('SIGINT', ignore)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn)
  }
  if (caught === undefined) return code
  if (process.listenerCount(caught) > 0) process.kill(process.pid, caught)
  throw new Interrupted('interrupted', { signal: caught })
}
