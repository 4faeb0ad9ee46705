import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { didKeyOf } from '@agentvm/sdk'

/** What stands before the 32 bytes of a public key in SPKI. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** A private key that signs records. */
export class SigningKey {
  /** The public half as `did:key:z6Mk…`. */
  readonly did: string
  private readonly key: KeyObject

  constructor(key: KeyObject) {
    this.key = key
    this.did = didKeyOf(spkiOf(key).subarray(SPKI.length))
  }

  static generate(): SigningKey {
    return new SigningKey(generateKeyPairSync('ed25519').privateKey)
  }

  /** Reads PKCS#8. Throws if that isn't an Ed25519 private key. */
  static fromPem(pem: string): SigningKey {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`a key of type ${key.asymmetricKeyType}`)
    return new SigningKey(key)
  }

  /** The private key as PKCS#8. */
  toPem(): string {
    return String(this.key.export({ format: 'pem', type: 'pkcs8' }))
  }

  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.key)
  }
}

/** A public key (32 bytes) as openssl reads it. */
export function publicPem(publicKey: Uint8Array): string {
  return String(keyObject(publicKey).export({ format: 'pem', type: 'spki' }))
}

/** Whether a signature (64 bytes) over bytes is that of a public key (32 bytes). */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, keyObject(publicKey), signature)
  } catch {
    return false
  }
}

function keyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' })
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' })
}
