import { becomesIdle } from '../activity/idle-first.ts'
import { takenSince } from '../activity/taken.ts'
import type { Context } from '../context.ts'
import type { MessageQueue } from '../messages/queue.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Typed, typeMessage } from './type-message.ts'

/** An agent that is idle is seen to be so, for long enough to count, within this. */
const IDLE_WITHIN_MS = 1_500

/**
 * Types the first message that waits for an agent, if the agent is idle. Returns its id and what came of it; undefined
 * if none was typed. The caller holds the queue.
 */
export async function sendQueued(
  context: Context,
  record: AgentRecord,
  queue: MessageQueue,
): Promise<(Typed & { id: string }) | undefined> {
  if (!(await becomesIdle(context, record, IDLE_WITHIN_MS))) return undefined
  return queue.sendFirst(
    async (text, { id }) => ({ id, ...(await typeMessage(context, record, text, { enter: true })) }),
    (since) => takenSince(context, record, since),
  )
}
