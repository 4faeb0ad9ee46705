import type { JsonValue } from './merge-json.ts'

/** One thing that a CLI's structured output says of a one-shot run (`agentvm run`). */
export type RunEvent =
  | {
      /** The conversation began, or is named for the first time. */
      type: 'start'
      /** Its id, by which the CLI resumes it. */
      session?: string | undefined
      model?: string | undefined
    }
  | {
      /** What the agent says. The last one is the answer. */
      type: 'message'
      text: string
      /** A piece that continues the message before it, if that was one too. */
      partial?: boolean | undefined
    }
  | {
      type: 'tool'
      /** The same in each event of one use, if the CLI tells. */
      id?: string | undefined
      /** Left out where only its start named it. */
      name?: string | undefined
      status: 'started' | 'succeeded' | 'failed'
      input?: JsonValue | undefined
    }
  | {
      /** What was used since the last event of this type. */
      type: 'usage'
      /** Also those that the provider had in its cache. */
      inputTokens?: number | undefined
      outputTokens?: number | undefined
      /** US dollars, as the CLI reckons. */
      costUsd?: number | undefined
    }
  | {
      type: 'error'
      message: string
      /** The CLI tries again by itself: the run hasn't failed. */
      retrying?: boolean | undefined
    }

/** A CLI's structured output. */
export interface HeadlessEvents {
  /** Further arguments that make the CLI print one JSON value a line. */
  args: string[]
  /**
   * What one line says; an empty list if nothing of interest. The line comes from the agent: none of its fields is
   * sure to be there, or of any type ({@link jsonAt} and its like help). A line that is no JSON, or of which this
   * throws, is passed on as it is.
   */
  read(line: JsonValue): RunEvent[]
}
