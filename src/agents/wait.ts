import { UserError } from '../errors.ts'
import { waitForEnd } from './alive.ts'
import type { Context } from './context.ts'
import type { AgentRecord } from './record.ts'
import { settle } from './settle.ts'

/** What to wait for. */
export interface WaitOptions {
  /** The first to end is enough. */
  any: boolean
  /** Milliseconds; undefined waits for ever. */
  timeoutMs: number | undefined
}

/** Waits until agents have ended, without polling. Returns the ended ones' records. Throws a {@link UserError} (exit code 124) when the time is up. */
export async function waitForAgents(
  context: Context,
  names: readonly string[],
  { any, timeoutMs }: WaitOptions,
): Promise<AgentRecord[]> {
  const stop = new AbortController()
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop.abort('timeout'), timeoutMs)
  const waits = names.map(async (name) => {
    const record = context.store.get(name)
    await waitForEnd(record, context.home, stop.signal)
    return (await settle(context, record)) ?? record
  })
  try {
    return any ? [await Promise.race(waits)] : await Promise.all(waits)
  } catch (error) {
    if (stop.signal.reason !== 'timeout') throw error
    throw new UserError(
      `${names.map((name) => `'${name}'`).join(', ')}: still running when the time was up`,
      {
        exitCode: 124,
        fix: `agentvm logs ${names[0]}`,
      },
    )
  } finally {
    clearTimeout(timer)
    stop.abort('done')
    await Promise.allSettled(waits)
  }
}

/** The exit code that stands for several agents: that of the first that failed, else 0. One that nobody could record counts as 1. */
export function combinedExitCode(records: readonly AgentRecord[]): number {
  return records.map(({ exitCode }) => exitCode ?? 1).find((code) => code !== 0) ?? 0
}
