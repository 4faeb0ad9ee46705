import { setTimeout as sleep } from 'node:timers/promises'
import { runQuietly } from './measure.ts'

/** A program whose output is the time at which it writes that, seconds since 1970; it goes on as an agent does. */
export const TELLS_TIME = ['bash', '-c', 'echo $EPOCHREALTIME; exec sleep 1000']

const LONGEST_MS = 10_000

/** Runs programs one after the other, and returns the milliseconds until the output of the last has come: `look` returns that, or nothing yet. */
export async function untilFirstByte(
  programs: readonly (readonly string[])[],
  env: Record<string, string>,
  signal: AbortSignal,
  look: () => string,
): Promise<number> {
  const start = nextMillisecond()
  for (const argv of programs) await runQuietly(argv, { env, signal })
  const deadline = Date.now() + LONGEST_MS
  for (;;) {
    const seconds = /\d+[.,]\d+(?=\s)/.exec(look())?.[0]
    if (seconds) return Number(seconds.replace(',', '.')) * 1000 - start
    if (Date.now() > deadline) throw new Error('nothing was written')
    await sleep(5, undefined, { signal })
  }
}

/** The system's clock as it moves on to the next millisecond: it is compared with what bash says. */
function nextMillisecond(): number {
  const now = Date.now()
  while (Date.now() === now);
  return Date.now()
}
