import { EscapeFilter } from '../../terminal/escape-filter.ts'
import { EndMarkerFilter } from './end-marker.ts'

const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)

/** How a log is shown. */
export interface LogView {
  /** Lines from the end, at most. */
  lines: number
  /** The bytes as the agent wrote them, with all escape sequences. */
  raw: boolean
}

/** Turns a log's bytes into what is shown, in constant memory: no end markers, no escape sequences unless raw, the first `skip` lines left out. */
export class LogText {
  private readonly markers: EndMarkerFilter
  private readonly escapes: EscapeFilter | undefined
  private skip: number

  constructor(options: { raw: boolean; skip: number }) {
    this.markers = new EndMarkerFilter({ newline: !options.raw })
    this.escapes = options.raw ? undefined : new EscapeFilter()
    this.skip = options.skip
  }

  /** Whether the launcher's end marker was the last thing so far. */
  get atMarker(): boolean {
    return this.markers.atMarker
  }

  /** The line that isn't complete yet, as far as it is known. Empty for raw text, which is handed out at once. */
  get unfinished(): string {
    return this.skip > 0 ? '' : (this.escapes?.unfinished ?? '')
  }

  push(chunk: Buffer): Buffer {
    const bytes = this.markers.push(chunk)
    return this.skipLines(this.escapes ? this.escapes.push(bytes) : bytes)
  }

  end(): Buffer {
    const rest = this.markers.end()
    const text = this.escapes ? Buffer.concat([this.escapes.push(rest), this.escapes.end()]) : rest
    return this.skipLines(text)
  }

  private skipLines(text: Buffer): Buffer {
    let at = 0
    while (this.skip > 0) {
      const newline = text.indexOf(NEWLINE, at)
      if (newline < 0) return NOTHING
      at = newline + 1
      this.skip -= 1
    }
    return text.subarray(at)
  }
}

/** Counts lines; a last one without newline counts. */
export class LineCounter {
  private newlines = 0
  private last = NEWLINE

  push(text: Buffer): void {
    for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) this.newlines += 1
    this.last = text.at(-1) ?? this.last
  }

  get lines(): number {
    return this.newlines + (this.last === NEWLINE ? 0 : 1)
  }
}
