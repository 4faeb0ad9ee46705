import { EditedLine, LINE_LIMIT } from './edited-line.ts'

const NEWLINE = 0x0a

/**
 * Collects text and the movements of a terminal's cursor, line by line. A line is plain bytes until something moves
 * the cursor back in it; only then is it kept as cells. Hands out what is final:
 * of a very long line only the last part can still be redrawn.
 */
export class LineWriter {
  private buffer = Buffer.allocUnsafe(65_536)
  private length = 0
  /** From here on the buffer may still hold the current line. */
  private start = 0
  private edited: EditedLine | undefined
  /** A carriage return that the next text, not a newline, makes effective: `\r\n` is a mere newline. */
  private returning = false

  /** Whether text can be appended as it is, also text that holds newlines. */
  get isPlain(): boolean {
    return !this.edited && !this.returning
  }

  /** Appends valid UTF-8 text without control characters but tab and newline. */
  text(chunk: Buffer, from: number, to: number): void {
    let at = from
    while (at < to && !this.isPlain) {
      const found = chunk.subarray(at, to).indexOf(NEWLINE)
      const end = found < 0 ? to : at + found
      if (end > at) {
        this.applyReturn()
        at = this.writeCells(chunk, at, end)
      }
      if (at === end && found >= 0) this.finishLine()
      if (this.isPlain) break
    }
    if (at < to) this.append(chunk, at, to)
  }

  newline(): void {
    this.finishLine()
    this.append(Buffer.of(NEWLINE), 0, 1)
  }

  /** Begins a new line unless the current one is empty: for a cursor that moves to some other line. */
  breakLine(): void {
    if (this.edited ? this.edited.toString() !== '' : this.length > this.lineStart()) this.newline()
    this.edited = undefined
    this.returning = false
  }

  carriageReturn(): void {
    this.returning = true
  }

  /** Changes the current line as cells. */
  edit(change: (line: EditedLine) => void): void {
    this.applyReturn()
    change(this.cells())
  }

  /** Hands out what is final. */
  take(): Buffer {
    const end = this.edited ? this.length : this.lineStart()
    const result = Buffer.from(this.buffer.subarray(0, end))
    this.buffer.copyWithin(0, end, this.length)
    this.length -= end
    this.start = 0
    return result
  }

  /** The current line as it is now. It may still change. */
  get unfinished(): string {
    return this.edited?.toString() ?? this.buffer.toString('utf8', this.lineStart(), this.length)
  }

  /** Hands out the rest; the line counts as finished. */
  takeAll(): Buffer {
    this.finishLine()
    const result = Buffer.from(this.buffer.subarray(0, this.length))
    this.length = 0
    this.start = 0
    return result
  }

  private finishLine(): void {
    if (this.edited) {
      const text = Buffer.from(this.edited.toString())
      this.edited = undefined
      this.append(text, 0, text.length)
      this.start = this.length
    }
    this.returning = false
  }

  private applyReturn(): void {
    if (!this.returning) return
    this.returning = false
    if (this.edited || this.length > this.lineStart()) this.cells().moveTo(0)
  }

  private cells(): EditedLine {
    if (!this.edited) {
      const start = this.lineStart()
      this.edited = new EditedLine(this.buffer.toString('utf8', start, this.length))
      this.length = start
    }
    return this.edited
  }

  /** Writes into the cells, or, where they are full, makes the line final. Returns how far it came. */
  private writeCells(chunk: Buffer, from: number, to: number): number {
    if (!this.edited) return from
    const text = chunk.toString('utf8', from, to)
    const used = this.edited.write(text)
    if (used === text.length) return to
    this.finishLine()
    return from + Buffer.byteLength(text.slice(0, used))
  }

  private append(chunk: Buffer, from: number, to: number): void {
    const needed = this.length + to - from
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(needed * 2)
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    chunk.copy(this.buffer, this.length, from, to)
    this.length = needed
  }

  /** Where the part of the current line begins that can still be redrawn. */
  private lineStart(): number {
    const { buffer, length } = this
    const newline = buffer.subarray(this.start, length).lastIndexOf(NEWLINE)
    let start = this.start + newline + 1
    while (length - start >= LINE_LIMIT) {
      start += LINE_LIMIT
      while (start < length && ((buffer[start] ?? 0) & 0xc0) === 0x80) start += 1
    }
    this.start = start
    return start
  }
}
