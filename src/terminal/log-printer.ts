import { LinePrefix } from './line-prefix.ts'
import type { Output } from './output.ts'

/** Prints the logs of one agent as they are, those of several with a mark on each line. */
export class LogPrinter {
  private readonly names: readonly string[]
  private readonly output: Output
  private readonly prefix: LinePrefix | undefined

  constructor(agents: readonly { name: string }[], output: Output) {
    const names = agents.map(({ name }) => name)
    this.names = names
    this.output = output
    this.prefix = names.length > 1 ? new LinePrefix(names, output) : undefined
  }

  /** Whether a line may be shown that isn't complete: one agent, on a terminal. */
  get isInteractive(): boolean {
    return this.output.isTTY && !this.prefix
  }

  /** Takes a piece of an agent's log. */
  readonly sink = (name: string, text: Buffer): Promise<void> =>
    this.output.write(this.prefix?.add(name, text) ?? text)

  /** Prints what has no newline yet. */
  async end(): Promise<void> {
    for (const name of this.names) if (this.prefix) await this.output.write(this.prefix.end(name))
  }

  /** Prints whole texts. */
  async printLines(texts: readonly { name: string; lines: readonly string[] }[]): Promise<void> {
    for (const { name, lines } of texts) {
      await this.sink(name, Buffer.from(lines.map((line) => `${line}\n`).join('')))
    }
  }
}
