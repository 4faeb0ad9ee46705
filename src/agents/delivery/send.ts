import { UserError } from '../../errors.ts'
import { isIdleNow, requireIdle, requireTelling, waitUntilIdle } from '../activity/idle-first.ts'
import { requireRunning } from '../attach/attach.ts'
import type { Context } from '../context.ts'
import { settle } from '../end/settle.ts'
import { MessageQueue } from '../messages/queue.ts'
import type { AgentRecord } from '../state/record.ts'
import { interruptAgent } from './interrupt.ts'
import { queueMessage } from './queue-message.ts'
import { type Typed, typeMessage } from './type-message.ts'

/** What came of a message. One that is refused is an error: see {@link Refused}. */
export interface Sent {
  name: string
  /** `accepted`: it was typed, now or, by the same id, before. `queued`: it will be, once the agent is idle. */
  outcome: 'accepted' | 'queued'
  /** The sender's id, or that by which a queued message can be taken back; null where it has none. */
  id: string | null
  /** Whether a message of the same id was sent before: this one was not sent again. */
  duplicate: boolean
  bytes: number
  /** Whether Enter was pressed after it, now. */
  entered: boolean
  /** Whether the agent was seen to begin with it; null where Enter wasn't pressed, or nothing tells. */
  taken: boolean | null
  /** What told that it began, or that it hasn't; null where nothing tells. Text of the agent's: print it with care. */
  evidence: string | null
}

/** How and when to type. */
export interface SendOptions {
  /** Press Enter after it. */
  enter: boolean
  /** At once; only if the agent is idle, else refuse; once it is idle, waiting here or leaving it to the queue; at once, after interrupting it. */
  when?: 'now' | 'if-idle' | 'idle' | 'queue' | 'interrupt'
  /** How long to wait for `idle`, milliseconds; undefined waits for ever. */
  timeoutMs?: number | undefined
  /** Two messages with the same id are one. */
  id?: string | undefined
}

/**
 * Sends a message to an agent, after those that others are sending. Throws a {@link Refused} if the agent can't have it
 * as asked, another {@link UserError} if it doesn't run or has no terminal. A queued one may be for an agent that is dead
 * now.
 */
export async function sendToAgent(
  context: Context,
  name: string,
  text: Uint8Array,
  options: SendOptions,
): Promise<Sent> {
  const { when = 'now', id } = options
  const record = when === 'queue' ? await knownAgent(context, name) : await requireRunning(context, name)
  requireTerminal(record)
  if (when !== 'now') await requireTelling(context, record)
  const queue = new MessageQueue(context.home.messageQueue(record.id))
  const unsent: Sent = {
    ...{ name, outcome: 'queued', id: id ?? null, duplicate: false, bytes: text.length },
    ...{ entered: false, taken: null, evidence: null },
  }
  const known = id === undefined ? undefined : queue.outcomeOf(id)
  if (known) return { ...unsent, outcome: known, duplicate: true }
  if (when === 'queue') return queueMessage(context, record, queue, text, unsent)
  const deadline = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs
  for (;;) {
    const leftMs = deadline === undefined ? undefined : Math.max(Math.ceil(deadline - performance.now()), 1)
    if (when === 'idle') await waitUntilIdle(context, record, leftMs)
    const sent = await queue.exclusively(async (): Promise<Sent | undefined> => {
      // Another sender may have been first: others mustn't wait until that one's turn is over.
      if (when === 'idle' && !(await isIdleNow(context, record))) return undefined
      if (when === 'if-idle') await requireIdle(context, record)
      if (when === 'interrupt') await interruptAgent(context, record)
      const before = id === undefined ? undefined : await queue.claim(id)
      if (before) return { ...unsent, outcome: before, duplicate: true }
      return { ...unsent, ...(await typeAs(context, record, queue, text, options)), outcome: 'accepted' }
    })
    if (sent) return sent
  }
}

/** Types a message whose id has been claimed. What fails before the agent has it gives the id back. */
async function typeAs(
  context: Context,
  record: AgentRecord,
  queue: MessageQueue,
  text: Uint8Array,
  { enter, id }: SendOptions,
): Promise<Typed> {
  try {
    return await typeMessage(context, record, text, { enter })
  } catch (error) {
    if (id !== undefined) await queue.forget(id)
    throw error
  }
}

async function knownAgent(context: Context, name: string): Promise<AgentRecord> {
  return (await settle(context, context.store.get(name))) ?? context.store.get(name)
}

function requireTerminal({ name, session }: AgentRecord): void {
  if (session !== '') return
  throw new UserError(`agent '${name}' runs without a terminal: nothing can be typed`, {
    fix: 'use agentvm spawn',
  })
}
