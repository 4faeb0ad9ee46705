import { isIdleNow } from '../activity/idle-first.ts'
import { takenSince } from '../activity/taken.ts'
import type { Context } from '../context.ts'
import type { MessageQueue } from '../messages/queue.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Typed, typeMessage } from './type-message.ts'

/**
 * Types the first message that waits for an agent, if the agent is idle. Returns its id and what came of it; undefined
 * if none was typed. The caller holds the queue.
 */
export async function sendQueued(
  context: Context,
  record: AgentRecord,
  queue: MessageQueue,
): Promise<(Typed & { id: string }) | undefined> {
  if (!(await isIdleNow(context, record))) return undefined
  return queue.sendFirst(
    async (text, { id }) => ({ id, ...(await typeMessage(context, record, text, { enter: true })) }),
    (since) => takenSince(context, record, since),
  )
}
