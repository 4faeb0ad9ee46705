import type { EventRule, EventSource } from '@agentvm/sdk'
import { type EventLine, parseEventLine } from './event-lines.ts'

/** What an agent's own events say. All of it is the agent's word. */
export interface AgentEvents {
  /** The last that says what it is doing. */
  last?: AgentEvent
  /** When it last took a prompt, milliseconds since 1970. */
  promptAt?: number
  /** How many prompts it took at that very time: some say theirs in whole seconds. */
  promptsThen?: number
}

/** One event that says what an agent is doing. */
export interface AgentEvent {
  rule: EventRule
  /** Milliseconds since 1970. */
  at: number
}

/** An id that can stand on a command line: it doesn't begin as a flag does. */
const SESSION = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** Reads the end of a file of events, last written at a moment. Its first line may be the rest of one. Pure. */
export function readEvents(text: string, writtenAt: number, source: EventSource): AgentEvents {
  const events: AgentEvents = {}
  for (const line of linesFromEnd(text, source)) {
    const rule = source.rules.find(({ when }) => holds(line, when))
    if (!rule) continue
    const at = timeOf(source.time === undefined ? undefined : line(source.time)) ?? writtenAt
    events.last ??= { rule, at }
    if (!rule.prompt) continue
    events.promptAt ??= at
    if (at !== events.promptAt) break
    events.promptsThen = (events.promptsThen ?? 0) + 1
  }
  return events
}

/** The id of the conversation, by the end of the file that holds it; undefined if it isn't there, or can't be one. Pure. */
export function readSession(text: string, source: EventSource): string | undefined {
  if (!source.session) return undefined
  const { field, when = {} } = source.session
  for (const line of linesFromEnd(text, source)) {
    const id = line(field)
    if (id !== undefined && SESSION.test(id) && holds(line, when)) return id
  }
  return undefined
}

function* linesFromEnd(text: string, { format = 'json' }: EventSource): Generator<EventLine> {
  let end = text.length
  while (end >= 0) {
    // From a negative place lastIndexOf looks at the first character all the same.
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1
    const line = parseEventLine(text.slice(start, end), format)
    if (line) yield line
    end = start - 1
  }
}

function holds(line: EventLine, when: Record<string, string>): boolean {
  return Object.entries(when).every(([path, wanted]) => line(path) === wanted)
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{9,11}(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}
