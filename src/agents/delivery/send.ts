import { randomBytes } from 'node:crypto'
import { UserError } from '../../errors.ts'
import { requireIdle, requireTelling, waitUntilIdle } from '../activity/idle-first.ts'
import { requireRunning } from '../attach/attach.ts'
import { ensureAttendant } from '../attendant/start.ts'
import type { Context } from '../context.ts'
import { settle } from '../end/settle.ts'
import { MessageQueue } from '../messages/queue.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { interruptAgent } from './interrupt.ts'
import { sendQueued } from './send-queued.ts'
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
  const record =
    options.when === 'queue' ? await knownAgent(context, name) : await requireRunning(context, name)
  requireTerminal(record)
  if (options.when !== undefined && options.when !== 'now') await requireTelling(context, record)
  const queue = new MessageQueue(context.home.messageQueue(record.id))
  if (options.when === 'idle') await waitUntilIdle(context, record, options.timeoutMs)
  const sent = await queue.exclusively(async () => {
    const base = { name, duplicate: false, bytes: text.length, entered: false, taken: null, evidence: null }
    const known = options.id === undefined ? undefined : outcomeOf(queue, options.id)
    if (known) return { ...base, outcome: known, id: options.id ?? null, duplicate: true }
    if (options.when === 'queue') return enqueue(context, record, queue, text, { ...base, ...options })
    // Another sender may have been first.
    if (options.when === 'idle') await waitUntilIdle(context, record, options.timeoutMs)
    if (options.when === 'if-idle') await requireIdle(context, record)
    if (options.when === 'interrupt') await interruptAgent(context, record)
    const typed = await rememberedAs(queue, options.id, () => typeMessage(context, record, text, options))
    return { ...base, ...typed, outcome: 'accepted' as const, id: options.id ?? null }
  })
  if (sent.outcome === 'queued' && isRunning(liveness(record, context.home))) ensureAttendant(context)
  return sent
}

/** Puts a message behind the others, and sends the first of them if the agent is idle. */
async function enqueue(
  context: Context,
  record: AgentRecord,
  queue: MessageQueue,
  text: Uint8Array,
  { id: given, enter: _, ...base }: Omit<Sent, 'outcome' | 'id'> & SendOptions,
): Promise<Sent> {
  const id = given ?? randomBytes(4).toString('hex')
  queue.add(id, text)
  const { name, duplicate, bytes } = base
  const waiting: Sent = {
    ...{ name, duplicate, bytes, outcome: 'queued', id, entered: false, taken: null, evidence: null },
  }
  const first =
    liveness(record, context.home) === 'running' ? await sendQueued(context, record, queue) : undefined
  return first?.id === id ? { ...waiting, ...first, outcome: 'accepted' } : waiting
}

/** Does `type` as the message of an id. It counts as sent before it is: if we die over it, it isn't typed twice. */
async function rememberedAs(
  queue: MessageQueue,
  id: string | undefined,
  type: () => Promise<Typed>,
): Promise<Typed> {
  if (id === undefined) return type()
  queue.sent.remember(id)
  try {
    return await type()
  } catch (error) {
    queue.sent.forget(id)
    throw error
  }
}

function outcomeOf(queue: MessageQueue, id: string): Sent['outcome'] | undefined {
  if (queue.list().some((message) => message.id === id)) return 'queued'
  return queue.sent.has(id) ? 'accepted' : undefined
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
