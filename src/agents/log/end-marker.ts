const ESC = 0x1b
const NEWLINE = 0x0a
const PREFIX = Buffer.from('\x1b]7788;agentvm-end;')
const MARKER = /^\x1b\]7788;agentvm-end;[A-Za-z0-9-]{1,64}\x07/
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
    let rest: Buffer = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk
    this.held = NOTHING
    const parts: Buffer[] = []
    for (let at = rest.indexOf(PREFIX); at >= 0; at = rest.indexOf(PREFIX, 1)) {
      this.take(parts, rest.subarray(0, at))
      rest = rest.subarray(at)
      const marker = MARKER.exec(rest.toString('latin1', 0, LONGEST))
      if (marker) {
        if (this.newline && this.last !== NEWLINE) this.take(parts, Buffer.of(NEWLINE))
        rest = rest.subarray(marker[0].length)
        this.marked = true
        // From here on a prefix may begin at 0 again.
        if (rest.indexOf(PREFIX) === 0) rest = Buffer.concat([NOTHING, rest])
      } else if (rest.length < LONGEST) {
        this.held = rest
        return Buffer.concat(parts)
      }
    }
    const end = heldFrom(rest)
    this.take(parts, rest.subarray(0, end))
    this.held = rest.subarray(end)
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  /** The bytes that could have begun a marker, but didn't. */
  end(): Buffer {
    const rest = this.held
    this.held = NOTHING
    return rest
  }

  private take(parts: Buffer[], bytes: Buffer): void {
    if (bytes.length === 0) return
    parts.push(bytes)
    this.last = bytes.at(-1) ?? NEWLINE
    this.marked = false
  }
}

/** Where the beginning of a marker begins that `bytes` may end with. */
function heldFrom(bytes: Buffer): number {
  const at = bytes.lastIndexOf(ESC)
  return at >= 0 && PREFIX.subarray(0, bytes.length - at).equals(bytes.subarray(at)) ? at : bytes.length
}
