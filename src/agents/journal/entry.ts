import { parseDetail } from './detail.ts'

/** One line of the journal. */
export interface JournalEntry {
  /** ISO 8601 UTC. */
  time: string
  event: string
  name: string
  detail: string
}

/** Which lines of the journal to show. */
export interface JournalFilter {
  /** Any of these; empty for all. */
  events: readonly string[]
  /** Any of these agents; empty for all. */
  names: readonly string[]
  /** Nothing before. */
  since: Date | undefined
}

/** One event as `history --json` prints it. What a line doesn't say is null. */
export interface EventRow extends JournalEntry {
  profile: string | null
  sandbox: string | null
  exit_code: number | null
  reason: string | null
}

/** Reads one line. Undefined if it isn't one, such as a line that a crash of the machine cut. */
export function parseEntry(line: string): JournalEntry | undefined {
  const [time = '', event, name, ...detail] = line.split('\t')
  if (event === undefined || name === undefined || Number.isNaN(Date.parse(time))) return undefined
  return { time, event, name, detail: detail.join(' ') }
}

/** Whether an entry is to be shown. */
export function matches(entry: JournalEntry, { events, names, since }: JournalFilter): boolean {
  return (
    (events.length === 0 || events.includes(entry.event)) &&
    (names.length === 0 || names.includes(entry.name)) &&
    (since === undefined || Date.parse(entry.time) >= since.getTime())
  )
}

/** An entry with what its detail says in fields of their own. */
export function eventRow(entry: JournalEntry): EventRow {
  const { profile, sandbox, code, reason } = parseDetail(entry.detail)
  return {
    ...entry,
    profile: profile ?? null,
    sandbox: sandbox ?? null,
    exit_code: code === undefined || !/^\d+$/.test(code) ? null : Number(code),
    reason: reason ?? null,
  }
}
