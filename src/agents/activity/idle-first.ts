import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { cannotTell, Refused } from '../delivery/refused.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Activity, activityOf } from './activity.ts'
import { activityRules } from './activity-rules.ts'
import { waitForActivity } from './wait-activity.ts'

/** Throws a {@link Refused} unless an agent is idle now, by what its screen shows. */
export async function requireIdle(context: Context, record: AgentRecord): Promise<void> {
  const { state, reason, evidence } = await activityOf(context, record)
  if (state === 'idle') return
  if (state === 'unknown') throw cannotTell(record, evidence)
  const does = reason ? `${state} (${reason})` : state
  throw new Refused(
    state,
    `agent '${record.name}' is not idle: ${does}`,
    '--wait waits until it is, --queue leaves the message for then, --interrupt makes it stop',
  )
}

/** Throws a {@link Refused} if nothing will ever tell whether an agent is idle. */
export async function requireTelling(context: Context, record: AgentRecord): Promise<void> {
  if (record.profile === undefined) throw cannotTell(record, 'it runs without a profile')
  if (await activityRules(context, record.profile)) return
  throw cannotTell(record, `the profile '${record.profile}' doesn't say how to tell`)
}

/** Waits until an agent is idle. Throws a {@link UserError}: exit code 124 when the time is up, 1 if it ends, or if nothing can tell. */
export async function waitUntilIdle(
  context: Context,
  record: AgentRecord,
  timeoutMs: number | undefined,
): Promise<void> {
  await requireTelling(context, record)
  if (await becomesIdle(context, record, timeoutMs)) return
  throw new UserError(`agent '${record.name}' was not idle when the time was up`, {
    exitCode: 124,
    fix: `agentvm activity explain ${record.name}`,
  })
}

/** An agent that is idle is seen to be so, for long enough to count, within this. */
const SEEN_WITHIN_MS = 1_500

/** Whether an agent is idle now, for long enough to count. Throws a {@link UserError} if it ends. */
export async function isIdleNow(context: Context, record: AgentRecord): Promise<boolean> {
  return becomesIdle(context, record, SEEN_WITHIN_MS)
}

/** Whether an agent is idle within a time, for long enough to count, or does what else counts. Throws a {@link UserError} if it ends before. */
export async function becomesIdle(
  context: Context,
  record: AgentRecord,
  withinMs: number | undefined,
  counts: (activity: Activity) => boolean = () => false,
): Promise<boolean> {
  const signal = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs)
  const wanted = (activity: Activity) => activity.state === 'idle' || counts(activity)
  const activity = await waitForActivity(context, record, wanted, signal, true).catch((error: unknown) => {
    if (signal?.aborted) return undefined
    throw error
  })
  if (activity?.state === 'exited') throw new UserError(`agent '${record.name}' ended before it was idle`)
  return activity !== undefined
}
