import { setTimeout as sleep } from 'node:timers/promises'
import type { ActivityState } from '@agentvm/sdk'
import { requireSameTmux } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { FileChanges } from '../log/file-changes.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { type Activity, activityOf } from './activity.ts'

/** How long a state must last before it counts: screens flicker between two turns. */
const STEADY_MS = 600
/** Shortest time between two looks at an agent that prints without pause. */
const LOOK_EVERY_MS = 100

/**
 * Waits until an agent does one of these, for long enough to count, or ends. Looks when the agent prints something.
 * Rejects with the signal's reason on abort, or, if it `isPatient`, once the agent is then seen to do something else: a
 * machine may be so slow that the looks at one that does it all the time take longer. Rejects with a {@link UserError}
 * where nobody can look any more.
 */
export async function waitForActivity(
  context: Context,
  record: AgentRecord,
  wanted: readonly ActivityState[] | ((activity: Activity) => boolean),
  signal?: AbortSignal,
  isPatient = false,
): Promise<Activity> {
  if (record.session !== '' && isRunning(liveness(record, context.home))) await requireSameTmux(record)
  const changes = new FileChanges(record.logFile)
  const stop = () => changes.notify()
  signal?.addEventListener('abort', stop)
  let since: number | undefined
  try {
    for (;;) {
      if (!isPatient) signal?.throwIfAborted()
      const activity = await activityOf(context, record)
      if (activity.state === 'exited') return activity
      const isWanted = typeof wanted === 'function' ? wanted(activity) : wanted.includes(activity.state)
      if (!isWanted) {
        signal?.throwIfAborted()
        since = undefined
      } else if (since === undefined) since = performance.now()
      else if (performance.now() - since >= STEADY_MS) return activity
      await changes.next(since === undefined ? undefined : STEADY_MS)
      await sleep(LOOK_EVERY_MS)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    changes.close()
  }
}
