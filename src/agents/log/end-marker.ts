const ESC = 0x1b
const NEWLINE = 0x0a
const PREFIX = Buffer.from('\x1b]7788;agentvm-end;')
const MARKER = /^\x1b\]7788;agentvm-end;[A-Za-z0-9-]{1,64}\x07/
const BEGUN = /^\x1b\]7788;agentvm-end;[A-Za-z0-9-]{0,64}$/
const LONGEST = PREFIX.length + 64 + 1
const NOTHING = Buffer.alloc(0)

/** What the launcher writes as the last bytes of an agent's log. Terminals ignore it. */
export function endMarker(id: string): string {
  return `${PREFIX}${id}\x07`
}

/**
 * Takes the launcher's end markers out of a log, in any chunks. A restarted agent writes on after the marker: with
 * `newline` what follows begins a new line.
 */
export class EndMarkerFilter {
  private readonly newline: boolean
  private held: Buffer = NOTHING
  private last = NEWLINE
  private marked = false

  constructor(options: { newline: boolean }) {
    this.newline = options.newline
  }

  /** Whether the last thing so far was a marker. */
  get atMarker(): boolean {
    return this.marked && this.held.length === 0
  }

  push(chunk: Buffer): Buffer {
    const bytes = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk
    const parts: Buffer[] = []
    let done = 0
    for (let at = bytes.indexOf(PREFIX); at >= 0; at = bytes.indexOf(PREFIX, at + 1)) {
      const text = bytes.toString('latin1', at, at + LONGEST)
      const marker = MARKER.exec(text)
      if (marker) {
        this.take(parts, bytes.subarray(done, at))
        if (this.newline && this.last !== NEWLINE) this.take(parts, Buffer.of(NEWLINE))
        this.marked = true
        done = at + marker[0].length
      } else if (BEGUN.test(text)) return this.hold(parts, bytes, done, at)
    }
    return this.hold(parts, bytes, done, Math.max(done, possibleMarker(bytes)))
  }

  /** The bytes that could have begun a marker, but didn't. */
  end(): Buffer {
    const rest = this.held
    this.held = NOTHING
    return rest
  }

  /** Hands out `bytes` from `from` to `to`, and keeps the rest. */
  private hold(parts: Buffer[], bytes: Buffer, from: number, to: number): Buffer {
    this.take(parts, bytes.subarray(from, to))
    this.held = to < bytes.length ? Buffer.from(bytes.subarray(to)) : NOTHING
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  private take(parts: Buffer[], bytes: Buffer): void {
    if (bytes.length === 0) return
    parts.push(bytes)
    this.last = bytes.at(-1) ?? NEWLINE
    this.marked = false
  }
}

/** Where the beginning of a marker begins that `bytes` may end with. */
function possibleMarker(bytes: Buffer): number {
  const at = bytes.lastIndexOf(ESC)
  return at >= 0 && PREFIX.subarray(0, bytes.length - at).equals(bytes.subarray(at)) ? at : bytes.length
}
