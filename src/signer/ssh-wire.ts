/** A length and the bytes, as SSH's wire format has it (RFC 4251). */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** Four bytes, the highest first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Takes a message of SSH's wire format apart. Throws a `RangeError` where it ends too early. */
export class WireReader {
  private readonly bytes: Buffer
  private at: number

  constructor(bytes: Buffer, from = 0) {
    this.bytes = bytes
    this.at = from
  }

  uint32(): number {
    return this.take(4).readUInt32BE()
  }

  string(): Buffer {
    return this.take(this.uint32())
  }

  /** Bytes without a length before them. */
  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new RangeError('the message ends too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length
  }
}
