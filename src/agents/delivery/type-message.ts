import { pressEnter } from '../../tmux/session.ts'
import { noteTyped, shownActivity } from '../activity/activity.ts'
import { type BeforeTyping, beforeTyping, whetherTaken } from '../activity/taken.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { typeText } from './deliver.ts'

/** What was typed, and what tells that it arrived. */
export interface Typed {
  entered: boolean
  taken: boolean | null
  evidence: string | null
}

/**
 * Types a message into an agent's terminal now, and looks whether the agent begins with it: where it was idle, and
 * Enter was pressed. Some CLIs take an Enter that comes with a paste for a newline: it is pressed once more where
 * nothing moves. The caller keeps others from typing.
 */
export async function typeMessage(
  context: Context,
  record: AgentRecord,
  text: Uint8Array,
  { enter }: { enter: boolean },
): Promise<Typed> {
  const { state } = await shownActivity(context, record)
  const before = await beforeTyping(context, record)
  await typeText(record, text, { enter })
  if (enter) noteTyped(context, record)
  if (!enter || state !== 'idle') return { entered: enter, taken: null, evidence: null }
  // The agent has it: what fails from here on is no failure of the message, which would be typed again.
  const seen = await seeTaken(context, record, before).catch(() => ({ taken: null, evidence: null }))
  return { entered: true, ...seen }
}

async function seeTaken(
  context: Context,
  record: AgentRecord,
  before: BeforeTyping,
): Promise<Omit<Typed, 'entered'>> {
  const first = await whetherTaken(context, record, before)
  if (first.taken) return first
  await pressEnter(record)
  return whetherTaken(context, record, before)
}
