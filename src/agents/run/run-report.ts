import type { JsonValue, RunEvent } from '@agentvm/sdk'
import { timestamp } from '../events.ts'
import type { ReadLine } from './event-lines.ts'

/** What was used, as far as the CLI tells. */
export interface RunUsage {
  input_tokens: number | null
  output_tokens: number | null
  cost_usd: number | null
}

/** One line of `run --json`. */
export type ReportedEvent =
  | {
      type: 'start'
      at: string
      agent: string
      profile: string | null
      session: string | null
      model: string | null
    }
  | { type: 'message'; at: string; text: string; partial: boolean }
  | {
      type: 'tool'
      at: string
      id: string | null
      name: string | null
      status: 'started' | 'succeeded' | 'failed'
      input: JsonValue
    }
  /** A line of the command's output that is no event. */
  | { type: 'output'; at: string; text: string }
  | { type: 'error'; at: string; message: string; retrying: boolean }
  /** How the run ended: always the last one. */
  | {
      type: 'result'
      at: string
      exit_code: number
      /** The agent's last message; null if there was none, or its CLI has no structured output. */
      text: string | null
      session: string | null
      /** Null if the CLI tells nothing of it. */
      usage: RunUsage | null
      /** What it failed of, as far as anybody said. */
      error: string | null
      duration_seconds: number
    }

/** Most uses of tools whose names are kept until they end. */
const MOST_TOOLS = 1000

/** Most characters of an answer that are kept. */
const LONGEST_ANSWER = 1024 * 1024

/** Turns what a CLI says of its run into the events that agentvm reports, and sums them up. */
export class RunReport {
  private readonly began = performance.now()
  private readonly about: { agent: string; profile: string | null }
  private started = false
  private session: string | null = null
  private answer: string | null = null
  private inMessage = false
  private usage: RunUsage | null = null
  private failure: string | null = null
  /** Names of tools by the id of their use: only its start may tell. */
  private readonly tools = new Map<string, string>()

  constructor(about: { agent: string; profile: string | null }) {
    this.about = about
  }

  /** What to report of a line. The first that is reported is always `start`. */
  line(read: ReadLine): ReportedEvent[] {
    if (typeof read !== 'string') return read.flatMap((event) => this.event(event))
    this.inMessage = false
    return [...this.start(), { type: 'output', at: timestamp(), text: read }]
  }

  /** The end, and what must come before it. `error` is agentvm's own reason, where it ended the run. */
  end(exitCode: number, error: string | null): ReportedEvent[] {
    return [
      ...this.start(),
      {
        ...{
          type: 'result',
          at: timestamp(),
          exit_code: this.exitCode(exitCode),
          text: this.answer,
          session: this.session,
        },
        ...{ usage: this.usage, error: error ?? this.failure },
        duration_seconds: Math.round((performance.now() - this.began) / 100) / 10,
      },
    ]
  }

  /** The exit code that says how it went: some CLIs end with 0 though they report that they failed. */
  exitCode(own: number): number {
    return own === 0 && this.failure !== null ? 1 : own
  }

  private start(model: string | null = null): ReportedEvent[] {
    if (this.started) return []
    this.started = true
    return [{ type: 'start', at: timestamp(), ...this.about, session: this.session, model }]
  }

  private event(event: RunEvent): ReportedEvent[] {
    const continues = this.inMessage
    if (event.type !== 'usage' && event.type !== 'start') this.inMessage = event.type === 'message'
    switch (event.type) {
      case 'start':
        this.session ??= textOr(event.session, null)
        return this.start(textOr(event.model, null))
      case 'message': {
        const [text, partial] = [textOr(event.text, ''), event.partial === true]
        const whole = partial && continues ? (this.answer ?? '') + text : text
        this.answer = whole.slice(0, LONGEST_ANSWER)
        // A turn that goes on has got over an error.
        this.failure = null
        return [...this.start(), { type: 'message', at: timestamp(), text, partial }]
      }
      case 'tool':
        return [...this.start(), this.tool(event)]
      case 'usage':
        this.add(event)
        return []
      case 'error': {
        const [message, retrying] = [textOr(event.message, 'an error'), event.retrying === true]
        if (!retrying) this.failure = message
        return [...this.start(), { type: 'error', at: timestamp(), message, retrying }]
      }
      default:
        return []
    }
  }

  private tool({ id, name, status, input }: Extract<RunEvent, { type: 'tool' }>): ReportedEvent {
    const use = textOr(id, null)
    const known = textOr(name, null) ?? (use === null ? null : (this.tools.get(use) ?? null))
    if (use !== null && known !== null && this.tools.size < MOST_TOOLS) this.tools.set(use, known)
    if (use !== null && status !== 'started') this.tools.delete(use)
    return {
      ...{ type: 'tool', at: timestamp(), id: use, name: known },
      status: (['started', 'succeeded'] as const).find((each) => each === status) ?? 'failed',
      input: input ?? null,
    }
  }

  private add({ inputTokens, outputTokens, costUsd }: Extract<RunEvent, { type: 'usage' }>): void {
    const before = this.usage
    const usage = {
      input_tokens: sum(before?.input_tokens, inputTokens),
      output_tokens: sum(before?.output_tokens, outputTokens),
      cost_usd: sum(before?.cost_usd, costUsd),
    }
    if (Object.values(usage).some((value) => value !== null)) this.usage = usage
  }
}

/** What a plugin made of untrusted output has no sure types, whatever it declares. */
function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === 'string' ? value : other
}

function sum(before: number | null | undefined, more: unknown): number | null {
  const added = typeof more === 'number' && Number.isFinite(more) && more >= 0 ? more : null
  if (before === null || before === undefined) return added
  return added === null ? before : before + added
}
