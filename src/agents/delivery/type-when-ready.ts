import { Interrupted, UserError } from '../../errors.ts'
import { shownActivity } from '../activity/activity.ts'
import { waitForActivity } from '../activity/wait-activity.ts'
import type { Context } from '../context.ts'
import { MessageQueue } from '../messages/queue.ts'
import type { AgentRecord } from '../state/record.ts'
import { typeMessage } from './type-message.ts'

/** The longest that an agent CLI takes to its prompt, with room: OpenCode was seen to take 10 s. */
const READY_WITHIN_MS = 60_000

/**
 * Types a prompt once the agent's screen shows that it takes one, by the rules of its profile. Throws a
 * {@link UserError} if it doesn't come that far, or is told to stop before.
 */
export async function typeWhenReady(
  context: Context,
  record: AgentRecord,
  prompt: string,
  signal?: AbortSignal,
): Promise<void> {
  await new MessageQueue(context.home.messageQueue(record.id)).exclusively(async () => {
    await whenReady(context, record, signal)
    await typeMessage(context, record, Buffer.from(prompt), { enter: true })
  })
}

/** The error of a prompt that Ctrl-C, or the signal that `by` was aborted with, kept from being typed. */
export function notTyped(by: AbortSignal | undefined, cause?: unknown): Interrupted {
  return new Interrupted('interrupted before its prompt was typed', { signal: by?.reason, cause })
}

async function whenReady(
  context: Context,
  record: AgentRecord,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = AbortSignal.any([AbortSignal.timeout(READY_WITHIN_MS), ...(signal ? [signal] : [])])
  const activity = await waitForActivity(context, record, ['idle', 'blocker', 'waiting'], stop).catch(
    (error) => {
      if (!stop.aborted) throw error
      return shownActivity(context, record)
    },
  )
  if (activity.state === 'idle') return
  if (signal?.aborted) throw notTyped(signal)
  const why = activity.reason ? `${activity.state}: ${activity.reason}` : activity.state
  throw new UserError(`its prompt was not sent, since it isn't ready for one (${why})`, {
    fix: `agentvm attach ${record.name}, then: agentvm send ${record.name} ${context.home.promptFile(record.name)}`,
  })
}
