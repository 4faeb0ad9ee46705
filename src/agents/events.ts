import type { Home } from '../settings/home.ts'
import { makePrivateDir } from '../system/files.ts'
import { appendEvent, appendJournal } from './journal/append.ts'
import { type EventFacts, formatDetail } from './journal/detail.ts'
import type { AgentRecord } from './state/record.ts'

/** Lifecycle events as `events.jsonl` and `history.log` know them. */
export const EVENT_NAMES = [
  ...(['spawn', 'exit', 'kill', 'lost', 'restart', 'net'] as const),
  ...(['rename', 'clone', 'clean', 'purge', 'restore', 'planted', 'register', 'rotate', 'revoke'] as const),
]
export type EventName = (typeof EVENT_NAMES)[number]

/** What an event says of its agent. */
export type EventSubject = Pick<AgentRecord, 'id' | 'name' | 'profile' | 'command' | 'sandbox'> &
  Partial<Pick<AgentRecord, 'exitCode' | 'endReason'>>

/** The last moment whose year has four digits. */
const LATEST = 253_402_300_799_999

/** Now, ISO 8601 UTC with seconds: the form of every time in state and journal. A time that can be none, as git's may be, is 1970's first, as git has it. */
export function timestamp(date = new Date()): string {
  const ms = date.getTime()
  return `${new Date(ms >= 0 && ms <= LATEST ? ms : 0).toISOString().slice(0, 19)}Z`
}

/**
 * Writes one event into `events.jsonl` and, tab-separated as the bash tool does, into `history.log`: with the agent's
 * profile or program, its sandbox, how it ended if the event is an end, and what `more` says. No secrets.
 */
export function recordEvent(home: Home, event: EventName, agent: EventSubject, more: EventFacts = {}): void {
  makePrivateDir(home.root)
  const time = timestamp()
  const facts = factsOf(event, agent, more)
  appendEvent(home, { time, event, id: agent.id, name: agent.name, ...facts })
  appendJournal(home, [time, event, agent.name, formatDetail(facts)])
}

/** Writes the end of an agent whose launcher has already written it into `events.jsonl` into `history.log`. */
export function journalExit(home: Home, agent: AgentRecord): void {
  makePrivateDir(home.root)
  const time = agent.endedAt ?? timestamp()
  appendJournal(home, [time, 'exit', agent.name, formatDetail(factsOf('exit', agent, {}))])
}

function factsOf(event: EventName, agent: EventSubject, more: EventFacts): EventFacts {
  const isEnd = event === 'exit' || event === 'kill' || event === 'lost'
  return {
    ...(agent.profile ? { profile: agent.profile } : agent.command?.[0] ? { command: agent.command[0] } : {}),
    sandbox: agent.sandbox,
    ...(isEnd && agent.exitCode !== undefined ? { code: agent.exitCode } : {}),
    ...(isEnd && agent.endReason ? { reason: agent.endReason } : {}),
    ...more,
  }
}
