import { createHash } from 'node:crypto'
import { publicKeyOf } from '@agentvm/sdk'
import type { KeyPair } from './key-pair.ts'
import { pem } from './pkcs8.ts'

const TYPE = 'ssh-ed25519'
const LINE = 70
const BLOCK = 8

/** A length and the bytes, as SSH's wire format has it (RFC 4251). */
function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A public key (32 bytes) in SSH's wire format. */
function publicBlob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([sshString(TYPE), sshString(publicKey)])
}

/** `ssh-ed25519 AAAA…`, without a comment. */
export function publicLine(publicKey: Uint8Array): string {
  return `${TYPE} ${publicBlob(publicKey).toString('base64')}`
}

/** A line of git's allowed signers file: whose commits a key signs, and until when, ISO 8601 UTC. Empty if the DID stands for no key. */
export function allowedSignersLine(did: string, until?: string): string {
  const key = publicKeyOf(did)
  const before = until === undefined ? '' : `,valid-before="${until.replaceAll(/[-:T]|\.\d+/g, '')}"`
  return key ? `${did}@gitlawb namespaces="git"${before} ${publicLine(key)}` : ''
}

/**
 * A private key file that ssh-keygen reads (`openssh-key-v1`, see OpenSSH's PROTOCOL.key); it reads neither form of
 * PKCS#8. The check number, random elsewhere, comes from the key, so that the same key gives the same file.
 */
export function encodePrivateKey(key: KeyPair): string {
  const check = createHash('sha256').update(key.publicKey).digest().subarray(0, 4)
  const secret = Buffer.concat([
    ...[check, check, sshString(TYPE), sshString(key.publicKey)],
    ...[sshString(Buffer.concat([key.seed, key.publicKey])), sshString(key.did)],
  ])
  const padding = Buffer.from(Array.from({ length: -secret.length & (BLOCK - 1) }, (_, index) => index + 1))
  const bytes = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0'), sshString('none'), sshString('none'), sshString('')],
    ...[
      Buffer.from([0, 0, 0, 1]),
      sshString(publicBlob(key.publicKey)),
      sshString(Buffer.concat([secret, padding])),
    ],
  ])
  return pem('OPENSSH PRIVATE KEY', bytes, LINE)
}
