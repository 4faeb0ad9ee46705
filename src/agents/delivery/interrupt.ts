import { setTimeout as sleep } from 'node:timers/promises'
import { pressKeys } from '../../tmux/session.ts'
import { type Activity, shownActivity } from '../activity/activity.ts'
import { becomesIdle } from '../activity/idle-first.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { cannotTell, Refused } from './refused.ts'

/** What stops a turn where the profile doesn't say. Never Ctrl-C: pressed a moment too late it ends some CLIs. */
const DEFAULT_KEYS = ['Escape']
/** Keys that come together are one key to some programs: Escape and what follows would be Alt. */
const BETWEEN_KEYS_MS = 200
/** A CLI that was told to stop does so within this. */
const STOPS_WITHIN_MS = 10_000

/** What an agent waits on when a turn has failed that is over: its input box is free. */
const FAILED = ['error', 'limit', 'auth']
const hasFailed = ({ state, reason }: Activity) => state === 'waiting' && FAILED.includes(reason ?? '')

/** Makes an agent stop what it does. Throws a {@link Refused} if that can't be told, or it doesn't. */
export async function interruptAgent(context: Context, record: AgentRecord): Promise<void> {
  const { state, evidence } = await shownActivity(context, record)
  if (state === 'idle') return
  if (state === 'unknown') throw cannotTell(record, evidence)
  if (state !== 'working' && state !== 'waiting') {
    throw new Refused(
      state,
      `agent '${record.name}' can't be interrupted: ${state}`,
      `agentvm attach ${record.name}`,
    )
  }
  const profile = await context.extensions.profile(record.profile ?? '')
  await pressKeys(record, profile.interruptKeys ?? DEFAULT_KEYS, BETWEEN_KEYS_MS)
  if (await becomesIdle(context, record, STOPS_WITHIN_MS, hasFailed)) {
    await pressKeys(record, profile.clearKeys ?? [], BETWEEN_KEYS_MS)
    await sleep(BETWEEN_KEYS_MS)
    return
  }
  throw new Refused(
    'not-interrupted',
    `agent '${record.name}' was interrupted, and isn't idle yet: the message was not sent`,
    `agentvm attach ${record.name}`,
  )
}
