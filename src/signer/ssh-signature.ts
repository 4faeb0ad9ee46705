import { sshString, WireReader } from './ssh-wire.ts'

/** What every signature of `ssh-keygen -Y sign` is made over begins with (OpenSSH's PROTOCOL.sshsig). */
const SSHSIG_MAGIC = 'SSHSIG'
/** Hashes of the message that OpenSSH uses, and their bytes. */
const HASH_BYTES: Record<string, number> = { sha256: 32, sha512: 64 }

/** The bytes that are signed for a message of which this is the SHA-512. */
export function signedBytes(namespace: string, sha512: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(SSHSIG_MAGIC),
    ...[namespace, '', 'sha512', sha512].map((part) => sshString(part)),
  ])
}

/** Whether bytes are, to the last one, what git wants signed: an SSHSIG of namespace `git` over a hash of the length that it declares. */
export function isForGit(data: Buffer): boolean {
  try {
    const reader = new WireReader(data)
    if (reader.take(SSHSIG_MAGIC.length).toString('latin1') !== SSHSIG_MAGIC) return false
    const [namespace, reserved, algorithm] = [reader.string(), reader.string(), reader.string()]
    const hash = reader.string()
    return (
      namespace.equals(Buffer.from('git')) &&
      reserved.length === 0 &&
      HASH_BYTES[algorithm.toString('latin1')] === hash.length &&
      reader.atEnd
    )
  } catch {
    return false
  }
}
