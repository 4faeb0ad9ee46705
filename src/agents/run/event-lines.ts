import { StringDecoder } from 'node:string_decoder'
import type { HeadlessEvents, JsonValue, RunEvent } from '@agentvm/sdk'

/** Longest line that is read, in characters: some CLIs repeat the whole conversation in one. What is longer is left out. */
const LONGEST_LINE = 8 * 1024 * 1024

/** A line of a CLI's structured output: what it says, or its text where it isn't of that output. */
export type ReadLine = RunEvent[] | string

/** Reads a CLI's structured output, which is the agent's and may be anything, from bytes in any chunks. */
export class EventLines {
  private readonly read: HeadlessEvents['read'] | undefined
  private readonly decoder = new StringDecoder('utf8')
  private pieces: string[] = []
  private length = 0

  /** Without `read` every line is a text. */
  constructor(read: HeadlessEvents['read'] | undefined) {
    this.read = read
  }

  /** The lines that these bytes complete. */
  push(chunk: Uint8Array): ReadLine[] {
    return this.cut(this.decoder.write(Buffer.from(chunk)))
  }

  /** A last line without its end. */
  end(): ReadLine[] {
    const lines = this.cut(`${this.decoder.end()}\n`)
    return lines.filter((line) => line !== '')
  }

  private cut(text: string): ReadLine[] {
    const lines: ReadLine[] = []
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.keep(text.slice(from, at))
      if (this.length <= LONGEST_LINE) lines.push(this.readLine(this.pieces.join('')))
      this.pieces = []
      this.length = 0
      from = at + 1
    }
    this.keep(text.slice(from))
    return lines
  }

  private keep(piece: string): void {
    this.length += piece.length
    if (this.length > LONGEST_LINE) this.pieces = []
    else this.pieces.push(piece)
  }

  private readLine(line: string): ReadLine {
    if (!this.read) return line
    try {
      const value = JSON.parse(line) as JsonValue
      return typeof value === 'object' && value !== null ? this.read(value) : line
    } catch {
      return line
    }
  }
}
