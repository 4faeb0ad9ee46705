import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { shownActivity } from './activity.ts'
import { ownEvents } from './own-events.ts'

/** A CLI that has taken a prompt shows it within this. */
const TAKEN_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 100

/** Whether an agent that was idle is seen to begin with what was typed at a moment, within two seconds, and what tells. */
export async function whetherTaken(
  context: Context,
  record: AgentRecord,
  typedAt: number,
): Promise<{ taken: boolean; evidence: string }> {
  for (const end = performance.now() + TAKEN_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    if (await takenSince(context, record, typedAt)) {
      return { taken: true, evidence: 'events: it says that it has taken a prompt' }
    }
    const { state, source, evidence } = await shownActivity(context, record)
    if (state !== 'idle') return { taken: true, evidence: `${source}: ${evidence}` }
    if (performance.now() >= end) return { taken: false, evidence: `${source}: ${evidence}` }
  }
}

/** Whether an agent took a prompt at a moment or after it, as it says itself; undefined if it has never said so. */
export async function takenSince(
  context: Context,
  record: AgentRecord,
  since: number,
): Promise<boolean | undefined> {
  const { promptAt } = await ownEvents(context, record)
  // Some say their times in whole seconds.
  return promptAt === undefined ? undefined : promptAt >= Math.floor(since / 1000) * 1000
}
