import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentEvents } from '../../activity/events.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { shownActivity } from './activity.ts'
import { ownEvents } from './own-events.ts'

/** A CLI that has taken a prompt shows it within so many looks. While the machine pauses, neither it nor a look gets on. */
const LOOKS = 20
const LOOK_EVERY_MS = 100

/** A moment, in milliseconds since 1970, and what an agent had said by then of the prompts that it took. */
export interface BeforeTyping {
  at: number
  prompts: string
}

/** What {@link whetherTaken} has to know from before something is typed. */
export async function beforeTyping(context: Context, record: AgentRecord): Promise<BeforeTyping> {
  return { at: Date.now(), prompts: lastPrompt(await ownEvents(context, record)) }
}

/** Whether an agent that was idle is seen to begin with what was typed since, within two seconds of a machine that runs, and what tells. */
export async function whetherTaken(
  context: Context,
  record: AgentRecord,
  before: BeforeTyping,
): Promise<{ taken: boolean; evidence: string }> {
  for (let left = LOOKS; ; left -= 1, await sleep(LOOK_EVERY_MS)) {
    if (await hasTaken(context, record, before)) {
      return { taken: true, evidence: 'events: it says that it has taken a prompt' }
    }
    const { state, source, evidence } = await shownActivity(context, record)
    if (state !== 'idle') return { taken: true, evidence: `${source}: ${evidence}` }
    if (left === 0) return { taken: false, evidence: `${source}: ${evidence}` }
  }
}

/** A prompt of the same second, from before, isn't the one that was typed. */
async function hasTaken(context: Context, record: AgentRecord, before: BeforeTyping): Promise<boolean> {
  const events = await ownEvents(context, record)
  return tookSince(events, before.at) === true && lastPrompt(events) !== before.prompts
}

/** Another one after each prompt. */
function lastPrompt({ promptAt, promptsThen }: AgentEvents): string {
  return `${promptAt} ${promptsThen}`
}

/** Whether an agent took a prompt at a moment or after it, as it says itself; undefined if it has never said so. */
export async function takenSince(
  context: Context,
  record: AgentRecord,
  since: number,
): Promise<boolean | undefined> {
  return tookSince(await ownEvents(context, record), since)
}

function tookSince({ promptAt }: AgentEvents, since: number): boolean | undefined {
  // Some say their times in whole seconds.
  return promptAt === undefined ? undefined : promptAt >= Math.floor(since / 1000) * 1000
}
