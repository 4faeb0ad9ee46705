/**
 * What a CLI says of itself, by hooks of its own or in a log of its session: lines in a file in the agent's home. They are
 * the agent's words: agentvm reads the end of the file, never follows a link there, and runs nothing of it. Its screen
 * overrules them where it shows a dialog, and where they are older than what it shows.
 */
export interface EventSource {
  /** The file, relative to the agent's home. `*` stands for any part of a name; of several files the newest counts. */
  file: string
  /** What a line is: a JSON object, by default, or `key=value` pairs with JSON strings where a value holds blanks. */
  format?: 'json' | 'logfmt'
  /** Field with an event's time, by its path (`payload.at`): ISO 8601, or seconds since 1970. Without it: the file's. */
  time?: string
  /** Where the id of the conversation stands. */
  session?: SessionSource
  /** What the lines mean. The last line that one holds for tells what the agent is doing; the first rule that holds counts. */
  rules: EventRule[]
}

/** Where the id of the conversation stands, which {@link ResumeArgs.id} takes: in the last line that has it. Letters, digits, `_`, `.` and `-`. */
export interface SessionSource {
  /** Another file of the same format; by default that of the events. */
  file?: string
  /** The field, by its path. */
  field: string
  /** Fields, and the values that a line must have for its id to count: not one of a sub-agent, say. */
  when?: Record<string, string>
}

/** One kind of line. */
export interface EventRule {
  /** Unique within the profile; `agentvm activity explain` names it. */
  id: string
  /** Fields by their paths, and the values that all of them must have. */
  when: Record<string, string>
  /** What the agent is doing from then on. */
  state: 'working' | 'waiting' | 'idle'
  /** Why, as in an {@link ActivityRule}. */
  reason?: string
  /** True where the line tells that a prompt has been taken: evidence that a message arrived. */
  prompt?: boolean
}
