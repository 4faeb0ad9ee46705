import { randomBytes } from 'node:crypto'
import { ensureAttendant } from '../attendant/start.ts'
import type { Context } from '../context.ts'
import type { MessageQueue } from '../messages/queue.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import type { Sent } from './send.ts'
import { sendQueued } from './send-queued.ts'

/** Puts a message behind those that wait for an agent, and sends the first of them if the agent is idle and nobody else is at it. */
export async function queueMessage(
  context: Context,
  record: AgentRecord,
  queue: MessageQueue,
  text: Uint8Array,
  unsent: Sent,
): Promise<Sent> {
  const id = unsent.id ?? randomBytes(4).toString('hex')
  const known = await queue.add(id, text)
  if (known) return { ...unsent, outcome: known, duplicate: true }
  if (liveness(record, context.home) !== 'running') return { ...unsent, id }
  const first = await queue.ifFree(() => sendQueued(context, record, queue))
  if (first?.id === id) return { ...unsent, ...first, outcome: 'accepted' }
  ensureAttendant(context)
  return { ...unsent, id }
}
