import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ActivityRules } from '@agentvm/sdk'
import { evaluate, type Verdict } from '../../activity/evaluate.ts'
import { weigh } from '../../activity/weigh.ts'
import { UserError } from '../../errors.ts'
import { debug } from '../../system/debug.ts'
import { errorCode, readIfExists, writeFileAtomic } from '../../system/files.ts'
import { lookAtPane } from '../../tmux/look.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { type Liveness, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { activityRules } from './activity-rules.ts'
import { ownEvents } from './own-events.ts'

/** What an agent is doing, how that is known, and since when. */
export interface Activity extends Omit<Verdict, 'source'> {
  source: Verdict['source'] | 'typed'
  /** ISO 8601 UTC, seconds: when agentvm first saw it so; null if it can't tell. */
  since: string | null
}

/** For about a second after a prompt was sent no screen shows that it was taken. */
const UNSEEN_MS = 1_500

/** A time to come that is further off wasn't written by the clock as it is now. */
const LONGEST_UNSEEN_MS = 60_000

/** The last verdict, and the log as it was then: while nothing is printed, the screen is the same. */
interface Remembered {
  log: string
  screen: Verdict
  activity: Activity
}

/** What an agent is doing now. Starts no process unless it has printed something since the last look. */
export async function activityOf(
  context: Context,
  record: AgentRecord,
  state: Liveness = liveness(record, context.home),
): Promise<Activity> {
  const seen = await shownActivity(context, record, state)
  return seen.state === 'idle' && justTyped(context, record)
    ? { ...seen, state: 'working', source: 'typed', evidence: 'a prompt was sent a moment ago' }
    : seen
}

/** {@link activityOf} as the terminal shows it, also in the moment after a prompt was sent. */
export async function shownActivity(
  context: Context,
  record: AgentRecord,
  state: Liveness = liveness(record, context.home),
): Promise<Activity> {
  if (state !== 'running') return activityByProcess(record, state)
  if (record.session === '') return unknown('it has no terminal')
  const rules = record.profile === undefined ? undefined : await activityRules(context, record.profile)
  return rules ? lookAgain(context, record, rules) : unknown('no profile says how to tell')
}

/**
 * Notes that a prompt has been sent: for so many milliseconds its screen may not show it yet. Never fails what sent it,
 * which would be sent again: without the note, the agent may be shown idle for a moment.
 */
export function noteTyped(context: Context, record: AgentRecord, unseenMs = UNSEEN_MS): void {
  const file = join(context.home.runDir(record.id), RUN_FILES.typed)
  const until = new Date(Date.now() + unseenMs)
  try {
    writeFileSync(file, '', { mode: 0o600 })
    utimesSync(file, until, until)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    debug('state', () => `can't note what was typed to ${record.name}: ${errorCode(error)}`)
  }
}

async function lookAgain(context: Context, record: AgentRecord, rules: ActivityRules): Promise<Activity> {
  const file = join(context.home.runDir(record.id), RUN_FILES.activity)
  const log = logMark(record.logFile)
  const before = recall(file)
  let screen = before?.log === log && before.screen.source !== 'none' ? before.screen : undefined
  try {
    screen ??= evaluate(await lookAtPane(record), rules)
  } catch (error) {
    return unknown(error instanceof UserError ? error.what : 'its terminal gives no answer')
  }
  const { last } = await ownEvents(context, record)
  // What came before this start says nothing of it.
  const event = last && last.at >= Date.parse(record.createdAt) ? last : undefined
  const verdict = weigh(screen, event, Date.now())
  const same = before?.activity.state === verdict.state && before.activity.reason === verdict.reason
  const activity = { ...verdict, since: same ? before.activity.since : timestamp() }
  if (before?.screen !== screen || before.activity.evidence !== activity.evidence) {
    remember(file, { log, screen, activity })
  }
  return activity
}

/** What an agent's process tells of its activity. */
export function activityByProcess(record: AgentRecord, state: Liveness): Activity {
  switch (state) {
    case 'running':
      return unknown('nobody has looked at its terminal')
    case 'starting':
    case 'unfinished':
      return {
        state: 'starting',
        reason: null,
        source: 'process',
        evidence: 'agentvm is bringing it up',
        since: record.createdAt || null,
      }
    default:
      return {
        state: 'exited',
        reason: record.endReason ?? null,
        source: 'process',
        evidence: 'its process has ended',
        since: record.endedAt ?? null,
      }
  }
}

function unknown(evidence: string): Activity {
  return { state: 'unknown', reason: null, source: 'none', evidence, since: null }
}

function justTyped(context: Context, record: AgentRecord): boolean {
  const typed = statSync(join(context.home.runDir(record.id), RUN_FILES.typed), { throwIfNoEntry: false })
  // Any longer, and the clock was put back since.
  const leftMs = (typed?.mtimeMs ?? 0) - Date.now()
  return leftMs > 0 && leftMs <= LONGEST_UNSEEN_MS
}

/** Changes whenever the agent prints something. */
function logMark(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : ''
}

function recall(file: string): Remembered | undefined {
  try {
    const value = JSON.parse(readIfExists(file) ?? 'null')
    return value?.screen && value.activity ? value : undefined
  } catch {
    return undefined
  }
}

/** Nothing is lost where it can't be written, as on a full disk: the next look looks again. */
function remember(file: string, remembered: Remembered): void {
  try {
    writeFileAtomic(file, `${JSON.stringify(remembered)}\n`, { durable: false })
  } catch {}
}
