import type { EditedLine } from './edited-line.ts'
import { LineWriter } from './line-writer.ts'
import { Utf8Reader, utf8Length } from './utf8.ts'

/** Longest control sequence (CSI): what is longer isn't one. */
const LONGEST_CSI = 256
/** Longest string that a sequence (OSC, DCS, APC, PM, SOS) may carry. */
const LONGEST_STRING = 1024 * 1024
const ESC = 0x1b
const REPLACEMENT = Buffer.from('\ufffd')

/** Bytes that are shown as they are: printable ASCII, tab, newline. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a ? 1 : 0,
)

type State = 'text' | 'escape' | 'csi' | 'string'

/**
 * Turns what a program wrote to its terminal into plain text: valid UTF-8 without control characters but tab and
 * newline. Takes bytes in any chunks; how they are cut doesn't matter. Memory is constant.
 *
 * A line reads as a terminal shows it at last: carriage return, backspace and movements within the line let later
 * text replace earlier text. A movement to another line, or a cleared screen, begins a new line. A newline ends
 * every sequence, finished or not, so that none hides what follows, and filtering may begin at any line.
 */
export class EscapeFilter {
  private readonly writer = new LineWriter()
  private readonly utf8 = new Utf8Reader()
  private state: State = 'text'
  /** Bytes of the sequence so far. */
  private size = 0
  private last = 0
  private parameter = 0
  /** Whether `parameter` is done, or the sequence is of a kind that we don't interpret. */
  private parameterDone = false
  private isPrivate = false

  /** Filters bytes. Returns the lines that are complete. */
  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    while (at < bytes.length) {
      at = this.state === 'text' && this.utf8.isIdle ? this.plainRun(bytes, at) : at
      if (at < bytes.length) this.byte(bytes[at] ?? 0)
      at += 1
    }
    return this.writer.take()
  }

  /** The rest, when no more bytes follow. */
  end(): Buffer {
    if (!this.utf8.isIdle) this.replacement()
    this.utf8.reset()
    this.state = 'text'
    return this.writer.takeAll()
  }

  /** The last line as far as it is known. Later bytes may still change it. */
  get unfinished(): string {
    return this.writer.unfinished
  }

  /** Takes as much plain text as there is. Returns where it ends. */
  private plainRun(bytes: Buffer, from: number): number {
    let start = from
    let at = from
    const { length: end } = bytes
    while (at < end) {
      while (at < end && PLAIN[bytes[at] as number] === 1) at += 1
      if (at === end) break
      const byte = bytes[at] as number
      if (byte === 0x0d && bytes[at + 1] === 0x0a) {
        if (at > start) this.writer.text(bytes, start, at)
        at += 1
        start = at
      } else if (byte === ESC && colourEnd(bytes, at) > 0) {
        if (at > start) this.writer.text(bytes, start, at)
        at = colourEnd(bytes, at)
        start = at
      } else {
        const length = byte < 0xc2 ? 0 : utf8Length(bytes, at)
        if (length === 0) break
        at += length
      }
    }
    if (at > start) this.writer.text(bytes, start, at)
    return at
  }

  private byte(byte: number): void {
    if (byte === 0x0a && this.utf8.isIdle) {
      this.state = 'text'
      this.writer.newline()
    } else if (this.state === 'string') this.stringByte(byte)
    else if ((byte === 0x18 || byte === 0x1a) && this.utf8.isIdle) this.state = 'text'
    else if (byte === ESC && this.utf8.isIdle) this.begin('escape')
    else if (this.state === 'csi') this.csiByte(byte)
    else if (this.state === 'escape') this.escapeByte(byte)
    else this.textByte(byte)
  }

  private begin(state: State): void {
    this.state = state
    this.size = 0
    this.last = 0
    this.parameter = 0
    this.parameterDone = false
    this.isPrivate = false
  }

  private textByte(byte: number): void {
    const result = this.utf8.read(byte)
    if (result === 'invalid') {
      this.replacement()
      this.byte(byte)
    } else if (result === 'stray') this.replacement()
    else if (result !== 'more') this.character(result)
  }

  private character(code: number): void {
    if (code === 0x08) this.writer.edit((line) => line.moveBy(-1))
    else if (code === 0x0d) this.writer.carriageReturn()
    else if (code >= 0x80 && code < 0xa0) this.control(code - 0x40)
    else if (code >= 0x80 || PLAIN[code] === 1) {
      const text = Buffer.from(String.fromCodePoint(code))
      this.writer.text(text, 0, text.length)
    }
  }

  private replacement(): void {
    this.writer.text(REPLACEMENT, 0, REPLACEMENT.length)
  }

  /** What follows ESC: the rest of a C1 control, or intermediate bytes and a final one. */
  private escapeByte(byte: number): void {
    if (byte >= 0x80) {
      this.state = 'text'
      this.textByte(byte)
    } else if (byte >= 0x20 && byte < 0x30) {
      this.size += 1
      if (this.size > LONGEST_CSI) this.state = 'text'
    } else if (byte >= 0x30 && byte < 0x7f) {
      const final = this.size > 0 ? 0 : byte
      this.state = 'text'
      this.control(final)
    }
  }

  /** A C1 control by its letter after ESC. `k` begins a window title of screen and tmux. */
  private control(letter: number): void {
    const final = String.fromCharCode(letter)
    if (final === '[') this.begin('csi')
    else if (']PX^_k'.includes(final)) this.begin('string')
    else if (final === 'D' || final === 'E') this.writer.newline()
    else if (final === 'M' || final === 'c') this.writer.breakLine()
  }

  private stringByte(byte: number): void {
    const ended =
      byte === 0x07 ||
      byte === 0x18 ||
      byte === 0x1a ||
      (byte === 0x5c && this.last === ESC) ||
      (byte === 0x9c && this.last === 0xc2)
    this.size += 1
    if (ended || this.size >= LONGEST_STRING) this.state = 'text'
    else if (this.last === ESC) {
      this.begin('escape')
      if (byte !== ESC) this.byte(byte)
    } else this.last = byte
  }

  private csiByte(byte: number): void {
    this.size += 1
    if (byte >= 0x80 || this.size > LONGEST_CSI) {
      this.state = 'text'
      this.textByte(byte)
    } else if (byte >= 0x40 && byte < 0x7f) {
      this.state = 'text'
      if (!this.isPrivate) this.perform(String.fromCharCode(byte))
    } else if (byte >= 0x30 && byte <= 0x39) {
      if (!this.parameterDone) this.parameter = Math.min(this.parameter * 10 + byte - 0x30, 9999)
    } else if (byte === 0x3a || byte === 0x3b) this.parameterDone = true
    else if (byte >= 0x20) this.isPrivate = true
  }

  private perform(final: string): void {
    const edit = EDITS[final]
    const isClear = final === 'J' && this.parameter >= 2
    if (edit && !isClear) edit(this.writer, this.parameter)
    else if (isClear || 'ABEFHdfLMST'.includes(final)) this.writer.breakLine()
  }
}

/** Where a whole sequence ends that only sets colours (SGR), the most frequent by far; 0 if there is none at `at`. */
function colourEnd(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== 0x5b) return 0
  let end = at + 2
  for (; end < at + LONGEST_CSI; end += 1) {
    const byte = bytes[end] ?? 0
    if (byte < 0x30 || byte > 0x3b) break
  }
  return bytes[end] === 0x6d ? end + 1 : 0
}

type Edit = (writer: LineWriter, parameter: number) => void

/** Changes what is right of the cursor: nothing is there as long as the line is plain. */
const right =
  (change: (line: EditedLine, parameter: number) => void): Edit =>
  (writer, parameter) =>
    writer.isPlain || writer.edit((line) => change(line, parameter))

const eraseRest = right((line, part) => part === 0 && line.eraseRest())

/** The control sequences that change the current line, by their final byte. */
const EDITS: Record<string, Edit> = {
  '@': right((line, count) => line.insertBlanks(count || 1)),
  C: (writer, count) => writer.edit((line) => line.moveBy(count || 1)),
  D: (writer, count) => writer.edit((line) => line.moveBy(-(count || 1))),
  G: (writer, column) => writer.edit((line) => line.moveTo((column || 1) - 1)),
  J: eraseRest,
  K: (writer, part) => (part === 2 ? writer.edit((line) => line.eraseAll()) : eraseRest(writer, part)),
  P: right((line, count) => line.deleteChars(count || 1)),
}
