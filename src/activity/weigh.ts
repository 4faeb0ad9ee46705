import type { Verdict } from './evaluate.ts'
import type { AgentEvent } from './events.ts'

/** For so long after an event a screen may still show what was before it. */
const FRESH_MS = 2_000

/**
 * What an agent is doing, by its own events and by its screen. Events come first, but a screen isn't stale: after an Esc,
 * a crash or an answered question no event comes. So a dialog on the screen wins, and any other difference once the
 * event is older than the screen can be behind. That it is idle must show on the screen as well: its turn may have ended
 * while its sub-agents work on.
 */
export function weigh(screen: Verdict, event: AgentEvent | undefined, now: number): Verdict {
  if (!event || screen.source === 'process' || screen.state === 'blocker' || screen.state === 'waiting') {
    return screen
  }
  const { state } = event.rule
  const isFresh = Math.abs(now - event.at) < FRESH_MS
  if (screen.state === 'unknown' || screen.state === state || (state !== 'idle' && isFresh)) {
    const reason = event.rule.reason ?? (screen.state === state ? screen.reason : null)
    return { state, reason, source: 'events', evidence: evidenceOf(event) }
  }
  return screen
}

/** Names an event. */
function evidenceOf({ rule, at }: AgentEvent): string {
  const time = new Date(at)
  // The agent can give its file any time, also one that isn't on any calendar.
  return Number.isNaN(time.getTime()) ? rule.id : `${rule.id} at ${time.toISOString().slice(0, 19)}Z`
}
