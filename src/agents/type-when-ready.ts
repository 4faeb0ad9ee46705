import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { pressEnter } from '../tmux/session.ts'
import { noteTyped, shownActivity } from './activity.ts'
import type { Context } from './context.ts'
import { typeText } from './deliver.ts'
import type { AgentRecord } from './record.ts'
import { waitForActivity } from './wait-activity.ts'

/** The longest that an agent CLI takes to its prompt, with room: OpenCode was seen to take 10 s. */
const READY_WITHIN_MS = 60_000
/** A CLI that has taken a prompt shows it within this. */
const TAKEN_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 200

/**
 * Types a prompt once the agent's screen shows that it takes one, by the rules of its profile. Throws a
 * {@link UserError} if it doesn't come that far.
 */
export async function typeWhenReady(context: Context, record: AgentRecord, prompt: string): Promise<void> {
  await whenReady(context, record)
  await typeText(record, prompt, { enter: true })
  noteTyped(context, record)
  // Some CLIs take an Enter that comes with a paste for a newline: one more, where nothing moves.
  if (!(await isTaken(context, record))) await pressEnter(record)
}

async function whenReady(context: Context, record: AgentRecord): Promise<void> {
  const stop = AbortSignal.timeout(READY_WITHIN_MS)
  const activity = await waitForActivity(context, record, ['idle', 'blocker', 'waiting'], stop).catch(
    (error) => {
      if (!stop.aborted) throw error
      return shownActivity(context, record)
    },
  )
  if (activity.state === 'idle') return
  const why = activity.reason ? `${activity.state}: ${activity.reason}` : activity.state
  throw new UserError(`its prompt was not sent, since it isn't ready for one (${why})`, {
    fix: `agentvm attach ${record.name}, then: agentvm send ${record.name} ${context.home.promptFile(record.name)}`,
  })
}

async function isTaken(context: Context, record: AgentRecord): Promise<boolean> {
  for (const end = Date.now() + TAKEN_WITHIN_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    if ((await shownActivity(context, record)).state !== 'idle') return true
  }
  return false
}
