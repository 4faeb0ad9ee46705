import type { RunEventSink } from '../agents/run/pass-streams.ts'
import type { ReportedEvent, RunUsage } from '../agents/run/run-report.ts'
import { Output } from './output.ts'
import { sanitizeLine } from './sanitize.ts'
import { visibleText } from './visible.ts'

/** Most characters of what a tool was given. */
const LONGEST_INPUT = 100

/** Most characters of a message that are held back until it is known whether it is the answer. */
const MOST_HELD = 1024 * 1024

/** `run --json`: every event as one line, as it comes. */
export function jsonRunEvents(output = new Output()): RunEventSink {
  return { always: true, take: (event) => output.write(`${JSON.stringify(event)}\n`) }
}

type Result = Extract<ReportedEvent, { type: 'result' }>

/**
 * A run for people. The agent's answer, its last message, goes to standard output: at once on a terminal, where all
 * messages stay to be seen, else when it is known to be the last. Everything else goes to standard error: earlier
 * messages, tools, errors, and what it cost.
 */
export class RunPrinter implements RunEventSink {
  readonly always = false
  private readonly output: Output
  private readonly progress: Output
  /** The latest message, where it isn't known yet whether it is the answer. */
  private held = ''
  /** Whether a message stands open, without its newline. */
  private isOpen = false
  private failed = false

  constructor(output = new Output(), progress = new Output(process.stderr)) {
    this.output = output
    this.progress = progress
  }

  async take(event: ReportedEvent): Promise<void> {
    if (event.type === 'message') return this.message(event.text, event.partial)
    if (event.type === 'result') return this.end(event)
    await this.settle(this.progress)
    if (event.type === 'output') await this.output.write(`${event.text}\n`)
    if (event.type === 'tool') await this.tool(event)
    if (event.type === 'error') await this.error(event)
  }

  private async message(text: string, partial: boolean): Promise<void> {
    if (!(partial && this.isOpen)) await this.settle(this.progress)
    this.isOpen = true
    if (this.output.isTTY) await this.output.write(visibleText(text))
    else this.held += visibleText(text)
    if (this.held.length > MOST_HELD) {
      await this.output.write(this.held)
      this.held = ''
    }
    if (!partial) this.isOpen = false
    if (!partial && this.output.isTTY) await this.output.write('\n')
  }

  /** Writes the message that is complete now. */
  private async settle(to: Output): Promise<void> {
    if (this.output.isTTY && this.isOpen) await this.output.write('\n')
    else if (this.held !== '') await to.write(`${this.held}\n`)
    this.held = ''
    this.isOpen = false
  }

  private async tool({ name, status, input }: Extract<ReportedEvent, { type: 'tool' }>): Promise<void> {
    if (status === 'succeeded') return
    const what = status === 'failed' ? ' failed' : inputText(input)
    await this.progress.write(`[${sanitizeLine(name ?? 'tool')}]${what}\n`)
  }

  private async error({ message, retrying }: Extract<ReportedEvent, { type: 'error' }>): Promise<void> {
    this.failed ||= !retrying
    await this.progress.write(`${retrying ? 'warning' : 'error'}: ${sanitizeLine(message)}\n`)
  }

  private async end({ usage, error }: Result): Promise<void> {
    await this.settle(this.output)
    if (error !== null && !this.failed) await this.progress.write(`agentvm: ${sanitizeLine(error)}\n`)
    if (usage) await this.progress.write(`${usageText(usage)}\n`)
  }
}

/** What a run used, for people: `2,400 tokens in, 68 out, $0.0110`. */
function usageText({ input_tokens, output_tokens, cost_usd }: RunUsage): string {
  const tokens = (count: number | null) => (count === null ? '?' : count.toLocaleString('en-US'))
  return [
    ...(input_tokens === null && output_tokens === null
      ? []
      : [`${tokens(input_tokens)} tokens in, ${tokens(output_tokens)} out`]),
    ...(cost_usd === null ? [] : [`$${cost_usd.toFixed(4)}`]),
  ].join(', ')
}

/** The first text that a tool was given. */
function inputText(input: unknown): string {
  if (typeof input !== 'object' || input === null) return ''
  const text = Object.values(input).find((value) => typeof value === 'string')
  if (text === undefined) return ''
  const line = sanitizeLine(text.slice(0, LONGEST_INPUT * 4))
  return ` ${line.length > LONGEST_INPUT ? `${line.slice(0, LONGEST_INPUT)}…` : line}`
}
