import type { Home } from '../settings/home.ts'
import { appendLine, makePrivateDir } from '../system/files.ts'

/** Lifecycle events as `events.jsonl` and `history.log` know them. `exit` lines are written by the launcher. */
export type EventName = 'spawn' | 'kill' | 'clean' | 'purge' | 'lost'

/** The agent that an event is about. */
export interface EventSubject {
  id: string
  name: string
}

/** Now, ISO 8601 UTC with seconds: the form of every time in state and journal. */
export function timestamp(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** Writes one event into `events.jsonl` and, tab-separated as the bash tool does, into `history.log`. */
export function recordEvent(home: Home, event: EventName, agent: EventSubject, detail = ''): void {
  makePrivateDir(home.root)
  const time = timestamp()
  appendLine(
    home.events,
    JSON.stringify({ time, event, id: agent.id, name: agent.name, ...(detail && { detail }) }),
  )
  appendLine(home.journal, [time, event, agent.name, detail.replaceAll(/[\t\r\n]+/g, ' ')].join('\t'))
}
