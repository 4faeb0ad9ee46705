import { createHash } from 'node:crypto'
import { isSignedBy } from './ed25519.ts'

const BEGIN = '-----BEGIN SSH SIGNATURE-----'
const END = '-----END SSH SIGNATURE-----'
const MAGIC = 'SSHSIG'
const KEY_TYPE = 'ssh-ed25519'
const VERSION = 1
/** Longest armour that is looked at, in characters. */
const LONGEST = 8192

/** A signature in the form of OpenSSH's PROTOCOL.sshsig, by an Ed25519 key. */
export interface SshSignature {
  /** 32 bytes. */
  publicKey: Buffer
  namespace: string
  hash: 'sha256' | 'sha512'
  reserved: Buffer
  /** 64 bytes. */
  signature: Buffer
}

/** Whether a text is armoured as an SSH signature, whatever is in it. */
export function isSshSignature(armour: string): boolean {
  return armour.startsWith(BEGIN)
}

/** Reads an armoured signature. Returns the problem as text if it isn't one by an Ed25519 key. */
export function readSshSignature(armour: string): SshSignature | string {
  const lines = armour.trimEnd().split('\n')
  if (armour.length > LONGEST || lines[0] !== BEGIN || lines.at(-1) !== END) return 'not an SSH signature'
  const text = lines.slice(1, -1).join('')
  const blob = Buffer.from(text, 'base64')
  if (blob.toString('base64') !== text) return 'its base64 is damaged'
  const reader = new WireReader(blob)
  const magic = reader.take(MAGIC.length).toString('latin1')
  const version = reader.number()
  const key = new WireReader(reader.string())
  const namespace = reader.string().toString('utf8')
  const reserved = reader.string()
  const hash = reader.string().toString('latin1')
  const inner = new WireReader(reader.string())
  const keyType = key.string().toString('latin1')
  const publicKey = key.string()
  const signatureType = inner.string().toString('latin1')
  const signature = inner.string()
  if (magic !== MAGIC || version !== VERSION || reader.isBroken()) return 'its form is damaged'
  if (keyType !== KEY_TYPE || signatureType !== KEY_TYPE) {
    return `it is by a key of type ${/^[\w@.-]{1,64}$/.test(keyType) ? keyType : '?'}, not ${KEY_TYPE}`
  }
  if (key.isBroken() || inner.isBroken() || publicKey.length !== 32 || signature.length !== 64) {
    return 'its form is damaged'
  }
  if (hash !== 'sha256' && hash !== 'sha512') return 'it uses a hash that SSH signatures may not use'
  return { publicKey, namespace, hash, reserved, signature }
}

/** Whether a signature is its key's over a message, in its namespace. */
export function isSshSigned(
  { publicKey, namespace, hash, reserved, signature }: SshSignature,
  message: Uint8Array,
): boolean {
  const digest = createHash(hash).update(message).digest()
  const fields = [Buffer.from(namespace), reserved, Buffer.from(hash), digest].map(wireString)
  return isSignedBy(publicKey, Buffer.concat([Buffer.from(MAGIC), ...fields]), signature)
}

function wireString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Takes SSH's wire format apart (RFC 4251). What runs over the end is empty, and remembered. */
class WireReader {
  private readonly bytes: Buffer
  private at = 0
  private overrun = false

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) {
      this.overrun = true
      return Buffer.alloc(0)
    }
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  number(): number {
    const bytes = this.take(4)
    return bytes.length === 4 ? bytes.readUInt32BE() : 0
  }

  string(): Buffer {
    return this.take(this.number())
  }

  /** Whether it was too short, or holds more than was read. */
  isBroken(): boolean {
    return this.overrun || this.at !== this.bytes.length
  }
}
