import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sshString } from './ssh-wire.ts'

/** SSH's name of the one kind of key that there is here. */
const KEY_TYPE = 'ssh-ed25519'
/** What stands before the seed in PKCS#8, version 1 and 2 (RFC 8410). Node's OpenSSL doesn't read version 2 everywhere. */
const PKCS8_V1 = Buffer.from('302e020100300506032b657004220420', 'hex')
const PKCS8_V2 = Buffer.from('3051020101300506032b657004220420', 'hex')
const SEED_BYTES = 32

/** An agent's Ed25519 key, ready to sign. By OpenSSL: in a process without a compiler JavaScript would take 50 ms. */
export class SigningKey {
  /** The public half as SSH has it. */
  readonly publicBlob: Buffer
  private readonly key: KeyObject

  private constructor(seed: Buffer) {
    this.key = createPrivateKey({
      ...({ format: 'der', type: 'pkcs8' } as const),
      key: Buffer.concat([PKCS8_V1, seed]),
    })
    const jwk = createPublicKey(this.key).export({ format: 'jwk' })
    this.publicBlob = Buffer.concat([sshString(KEY_TYPE), sshString(Buffer.from(jwk.x ?? '', 'base64url'))])
  }

  /** Reads a PKCS#8 PEM file. Throws an `Error`, which says nothing of what is in it, if that holds no Ed25519 key. */
  static read(path: string): SigningKey {
    const text = readFileSync(path, 'latin1')
    const base64 = /^-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]{60,200})-----END PRIVATE KEY-----\s*$/.exec(
      text,
    )
    const der = Buffer.from(base64?.[1] ?? '', 'base64')
    const start = der.subarray(0, PKCS8_V1.length)
    const seed = der.subarray(PKCS8_V1.length, PKCS8_V1.length + SEED_BYTES)
    if (!(start.equals(PKCS8_V1) || start.equals(PKCS8_V2)) || seed.length !== SEED_BYTES) {
      throw new Error(`${path} holds no Ed25519 key`)
    }
    return new SigningKey(seed)
  }

  /** The Ed25519 signature over bytes, as SSH has it. */
  sign(bytes: Uint8Array): Buffer {
    return Buffer.concat([sshString(KEY_TYPE), sshString(sign(null, bytes, this.key))])
  }
}
