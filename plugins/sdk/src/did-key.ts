const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Multicodec prefix of an Ed25519 public key. */
const ED25519_PUB = [0xed, 0x01]
/** What every such DID begins with, and its length in characters. */
const SHAPE = /^did:key:z(6Mk[1-9A-HJ-NP-Za-km-z]{44})$/

/** The `did:key` of an Ed25519 public key (32 bytes): `did:key:z6Mk…`, 56 characters. */
export function didKeyOf(publicKey: Uint8Array): string {
  return `did:key:z${base58(Buffer.from([...ED25519_PUB, ...publicKey]))}`
}

/** The Ed25519 public key (32 bytes) that a `did:key` stands for; undefined if it is no such DID, or not in its one right spelling. */
export function publicKeyOf(did: string): Buffer | undefined {
  const text = SHAPE.exec(did)?.[1]
  if (text === undefined) return undefined
  let value = 0n
  for (const letter of text) value = value * 58n + BigInt(ALPHABET.indexOf(letter))
  const hex = value.toString(16)
  const key = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').subarray(
    ED25519_PUB.length,
  )
  return key.length === 32 && didKeyOf(key) === did ? key : undefined
}

/** Bytes in base58btc. */
function base58(bytes: Uint8Array): string {
  let zeros = 0
  while (bytes[zeros] === 0) zeros += 1
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text
  return '1'.repeat(zeros) + text
}
