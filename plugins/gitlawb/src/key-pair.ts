import { randomBytes } from 'node:crypto'
import { didKeyOf } from '@agentvm/sdk'
import nacl from 'tweetnacl'

/** Bytes of an Ed25519 seed, and of a public key. */
export const SEED_BYTES = 32

/** An agent's Ed25519 key. The seed is the secret. */
export class KeyPair {
  readonly seed: Buffer
  readonly publicKey: Buffer
  /** `did:key:z6Mk…`, 56 characters. */
  readonly did: string
  private readonly secretKey: Uint8Array

  /** The key of a seed. Throws a `RangeError` if that hasn't 32 bytes. */
  constructor(seed: Uint8Array) {
    if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`)
    const pair = nacl.sign.keyPair.fromSeed(Uint8Array.from(seed))
    this.seed = Buffer.from(seed)
    this.publicKey = Buffer.from(pair.publicKey)
    this.secretKey = pair.secretKey
    this.did = didKeyOf(this.publicKey)
  }

  /** A new key, from the system's random numbers. */
  static generate(): KeyPair {
    return new KeyPair(randomBytes(SEED_BYTES))
  }

  /** The Ed25519 signature over bytes, 64 bytes. */
  sign(message: Uint8Array): Buffer {
    return Buffer.from(nacl.sign.detached(Uint8Array.from(message), this.secretKey))
  }
}
