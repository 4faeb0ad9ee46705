import { KeyPair, SEED_BYTES } from './key-pair.ts'

/*
 * PKCS#8 (RFC 5958) for Ed25519 (RFC 8410), by hand: OpenSSL 3.0 can't read version 2, which is what `gl` writes, and
 * newer ones write version 1.
 */
const V1 = Buffer.from('302e020100300506032b657004220420', 'hex')
const V2 = Buffer.from('3051020101300506032b657004220420', 'hex')
/** The optional public key: context tag 1, 33 bytes, no unused bits. */
const PUBLIC_KEY = Buffer.from('812100', 'hex')
const LINE = 64

/** The text of `identity.pem`, byte for byte as `gl` writes it: version 2, with the public key. */
export function encodeIdentity(key: KeyPair): string {
  const der = Buffer.concat([V2, key.seed, PUBLIC_KEY, key.publicKey])
  return pem('PRIVATE KEY', der, LINE)
}

/** Reads `identity.pem`, version 1 or 2. Throws an `Error` on anything else, and if its public key isn't that of the seed. */
export function decodeIdentity(text: string): KeyPair {
  const der = unwrap(text)
  const begins = (prefix: Buffer) => der.subarray(0, prefix.length).equals(prefix)
  const seed = der.subarray(V1.length, V1.length + SEED_BYTES)
  const rest = der.subarray(V1.length + SEED_BYTES)
  if (begins(V1) && rest.length === 0) return new KeyPair(seed)
  if (
    begins(V2) &&
    rest.length === PUBLIC_KEY.length + SEED_BYTES &&
    rest.subarray(0, 3).equals(PUBLIC_KEY)
  ) {
    const key = new KeyPair(seed)
    if (!key.publicKey.equals(rest.subarray(PUBLIC_KEY.length))) {
      throw new Error('its public key is not that of its private key')
    }
    return key
  }
  throw new Error('it is not an Ed25519 private key in PKCS#8')
}

/** Wraps bytes as PEM, with a final newline. */
export function pem(label: string, bytes: Uint8Array, line: number): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${line}}`, 'g')) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function unwrap(text: string): Buffer {
  const match = /^-----BEGIN PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PRIVATE KEY-----\r?\n?$/.exec(
    text,
  )
  const lines = match?.[1]?.split(/\r?\n/).filter((line) => line !== '')
  if (!lines || lines.some((line) => line.length > LINE))
    throw new Error('it is not a PEM file with a private key')
  return Buffer.from(lines.join(''), 'base64')
}
