import { UserError } from '../../errors.ts'
import { activityOf } from '../activity/activity.ts'
import { activityRules } from '../activity/activity-rules.ts'
import { waitForActivity } from '../activity/wait-activity.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { waitForEnd } from './alive.ts'
import { settle } from './settle.ts'

/** What to wait for. */
export interface WaitOptions {
  /** The first to end is enough. */
  any: boolean
  /** Milliseconds; undefined waits for ever. */
  timeoutMs: number | undefined
  /** The end, or the first of these before it: `idle`, or `waiting` for somebody. */
  until: 'exit' | 'idle' | 'waiting'
}

/** Waits until agents have ended, without polling, or do what is waited for. Returns their records. Throws a {@link UserError} (exit code 124) when the time is up. */
export async function waitForAgents(
  context: Context,
  names: readonly string[],
  { any, timeoutMs, until }: WaitOptions,
): Promise<AgentRecord[]> {
  // Of none, none would ever be the first.
  if (names.length === 0) return []
  const stop = new AbortController()
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop.abort('timeout'), timeoutMs)
  const waits = names.map(async (name) => {
    const record = context.store.get(name)
    if (until === 'exit') await waitForEnd(record, context.home, stop.signal)
    else await waitForState(context, record, until, stop.signal)
    return afterEnd(context, record)
  })
  try {
    return any ? [await Promise.race(waits)] : await Promise.all(waits)
  } catch (error) {
    if (stop.signal.reason !== 'timeout') throw error
    throw new UserError(
      `${names.map((name) => `'${name}'`).join(', ')}: ${until === 'exit' ? 'still running' : `not ${until}`} when the time was up`,
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

/** Another command, such as a kill, may be writing down how it ended. */
const RECORDING_TAKES_MS = 10_000

/** The agent's record as it is at the end of a wait, whatever the agent is called by then. */
async function afterEnd(context: Context, record: AgentRecord): Promise<AgentRecord> {
  const settled = await settle(context, record, RECORDING_TAKES_MS)
  if (settled) return settled
  const renamed = context.store.byId(record.id)
  return (renamed && (await settle(context, renamed, RECORDING_TAKES_MS))) ?? record
}

const STATES = { idle: ['idle'], waiting: ['waiting', 'blocker'] } as const

async function waitForState(
  context: Context,
  record: AgentRecord,
  until: keyof typeof STATES,
  signal: AbortSignal,
): Promise<void> {
  const { source, evidence } = await activityOf(context, record)
  const known = record.profile !== undefined && (await activityRules(context, record.profile))
  if (source === 'none' && !known) {
    throw new UserError(`agentvm can't tell when agent '${record.name}' is ${until}: ${evidence}`, {
      fix: `agentvm wait ${record.name} waits for its end`,
    })
  }
  await waitForActivity(context, record, STATES[until], signal)
}

/** The exit code that stands for several agents: that of the first that failed, else 0. One that nobody could record counts as 1. */
export function combinedExitCode(records: readonly AgentRecord[]): number {
  return records.map(({ exitCode }) => exitCode ?? 1).find((code) => code !== 0) ?? 0
}
