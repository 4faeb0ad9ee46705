import type { Activity } from '../activity/activity.ts'
import type { AgentRecord } from '../state/record.ts'

/** What a user is told of an agent. */
export interface Notice {
  event: 'waiting' | 'idle' | 'dead'
  /** Why it waits, or how it ended; empty if there is nothing to say. */
  reason: string
  /** A sentence for people. */
  message: string
}

/** Decides what of an agent's doings a user is told: that it waits for somebody, that it has done its work, that it has ended by itself. */
export class Notices {
  private worked = false

  /** What to tell now that the agent was seen to do this. `lasts`: it has done so for long enough to count, and wasn't told of yet. */
  saw({ name }: Pick<AgentRecord, 'name'>, { state, reason }: Activity, lasts: boolean): Notice | undefined {
    if (state === 'working') this.worked = true
    if (!lasts) return undefined
    if (state === 'waiting' || state === 'blocker') {
      return notice('waiting', reason ?? '', `${name} waits for you${reason ? `: ${reason}` : ''}`)
    }
    // Before its first work it is idle for want of a task, which nobody needs to be told.
    if (state !== 'idle' || !this.worked) return undefined
    this.worked = false
    return notice('idle', '', `${name} is done`)
  }

  /** What to tell of an agent's end. Who killed it knows. */
  ended({ name, endReason, exitCode }: AgentRecord): Notice | undefined {
    if (endReason === undefined || endReason === 'killed') return undefined
    const how = endReason === 'lost' ? 'it vanished' : `${endReason}, exit code ${exitCode ?? 'unknown'}`
    return notice('dead', endReason, `${name} has ended: ${how}`)
  }
}

function notice(event: Notice['event'], reason: string, message: string): Notice {
  return { event, reason, message }
}
