/** Length of the valid character of several bytes that begins at `at`, or 0: not valid, not complete, or a C1 control. */
export function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  if (first < 0xe0) return first >= 0xc2 && isTail(second) && (first > 0xc2 || second >= 0xa0) ? 2 : 0
  if (second < lowest(first) || second > highest(first) || !isTail(bytes[at + 2] ?? 0)) return 0
  if (first < 0xf0) return 3
  return first < 0xf5 && isTail(bytes[at + 3] ?? 0) ? 4 : 0
}

/** Reads UTF-8 byte by byte. */
export class Utf8Reader {
  private code = 0
  private needed = 0
  private low = 0x80
  private high = 0xbf

  /** Whether no character is half read. */
  get isIdle(): boolean {
    return this.needed === 0
  }

  reset(): void {
    this.needed = 0
  }

  /**
   * Takes a byte. Returns the character's code once it is complete (a lone byte of the C1 range is its own code);
   * `more`; `stray` for a byte that can't begin a character; `invalid` if the byte doesn't belong to the character
   * so far, which is thereby dropped: read the byte again.
   */
  read(byte: number): number | 'more' | 'stray' | 'invalid' {
    if (this.needed === 0) return this.begin(byte)
    if (byte < this.low || byte > this.high) {
      this.needed = 0
      return 'invalid'
    }
    this.low = 0x80
    this.high = 0xbf
    this.code = this.code * 64 + (byte & 0x3f)
    this.needed -= 1
    return this.needed === 0 ? this.code : 'more'
  }

  private begin(byte: number): number | 'more' | 'stray' {
    if (byte < 0xa0) return byte
    if (byte < 0xc2 || byte > 0xf4) return 'stray'
    this.needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    this.low = lowest(byte)
    this.high = highest(byte)
    this.code = byte & (0x3f >> this.needed)
    return 'more'
  }
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

// The second byte's range rules out overlong forms, surrogates and what is beyond U+10FFFF.
function lowest(first: number): number {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
}

function highest(first: number): number {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
}
