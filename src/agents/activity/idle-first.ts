import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { activityOf } from './activity.ts'
import { waitForActivity } from './wait-activity.ts'

/** Throws a {@link UserError} unless an agent is idle now, by what its screen shows. */
export async function requireIdle(context: Context, record: AgentRecord): Promise<void> {
  const { state, reason, evidence } = await activityOf(context, record)
  if (state === 'idle') return
  if (state === 'unknown') throw cannotTell(record, evidence)
  throw new UserError(`agent '${record.name}' is not idle: ${reason ? `${state} (${reason})` : state}`, {
    fix: '--wait waits until it is',
  })
}

/** Waits until an agent is idle. Throws a {@link UserError}: exit code 124 when the time is up, 1 if it ends, or if nothing can tell. */
export async function waitUntilIdle(
  context: Context,
  record: AgentRecord,
  timeoutMs: number | undefined,
): Promise<void> {
  const { source, evidence } = await activityOf(context, record)
  if (record.profile === undefined && source === 'none') throw cannotTell(record, evidence)
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  const activity = await waitForActivity(context, record, ['idle'], signal).catch((error: unknown) => {
    if (!signal?.aborted) throw error
    throw new UserError(`agent '${record.name}' was not idle when the time was up`, {
      exitCode: 124,
      fix: `agentvm activity explain ${record.name}`,
    })
  })
  if (activity.state !== 'idle') throw new UserError(`agent '${record.name}' ended before it was idle`)
}

function cannotTell({ name }: AgentRecord, evidence: string): UserError {
  return new UserError(`agentvm can't tell whether agent '${name}' is idle: ${evidence}`, {
    fix: 'leave out --if-idle and --wait',
  })
}
