import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { Interrupted } from '../errors.ts'
import { processTree, sendSignal } from './processes.ts'

/** The exit code of what a signal has ended: 128 + N. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

const ENDING = ['SIGTERM', 'SIGHUP'] as const

/**
 * Waits for a program that has the user's terminal, and returns its exit code. A signal that would end us ends it first,
 * with what it has started, so that it gives the terminal back; then whoever else listens hears of the signal, and an
 * {@link Interrupted} is thrown. Throws what kept the program from being started, too.
 *
 * @param interrupt `theirs`: SIGINT is Ctrl-C, which the program heard as well and knows what to do about. `ours`: the
 *   program has the terminal in raw mode, so that who sent it meant us
 */
export async function waitInForeground(child: ChildProcess, interrupt: 'theirs' | 'ours'): Promise<number> {
  let caught: NodeJS.Signals | undefined
  const passOn = (signal: NodeJS.Signals) => {
    caught = signal
    for (const { pid } of processTree(child.pid ?? 0)) sendSignal(pid, 'SIGTERM')
  }
  const onInterrupt = interrupt === 'ours' ? passOn : () => {}
  process.on('SIGINT', onInterrupt)
  for (const signal of ENDING) process.on(signal, passOn)
  let code: number
  try {
    code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (own, signal) => resolve(own ?? (signal ? signalExitCode(signal) : 1)))
    })
  } finally {
    process.off('SIGINT', onInterrupt)
    for (const signal of ENDING) process.off(signal, passOn)
  }
  if (caught === undefined) return code
  if (process.listenerCount(caught) > 0) process.kill(process.pid, caught)
  throw new Interrupted('interrupted', { signal: caught })
}
