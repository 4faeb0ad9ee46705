import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scryptSync } from 'node:crypto'
import * as v from 'valibot'
import { UserError } from '../../errors.ts'

/** Costs of scrypt: 128 MiB and a third of a second for each try at a passphrase. */
const COST = { n: 131_072, r: 8, p: 1 }
/** No backup may make us take more memory than this, bytes. */
const MOST_MEMORY = 512 * 1024 * 1024
/** Longest backup that is looked at, in characters. */
const LONGEST = 64 * 1024

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/))
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most))
const BackupSchema = v.strictObject({
  format: v.literal('agentvm-identity-backup'),
  version: v.literal(1),
  did: v.pipe(v.string(), v.regex(/^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$/)),
  name: v.pipe(v.string(), v.maxLength(63)),
  created_at: v.pipe(v.string(), v.maxLength(40)),
  kdf: v.strictObject({
    ...{ name: v.literal('scrypt'), n: count(1_048_576), r: count(32), p: count(16), salt: base64 },
  }),
  cipher: v.strictObject({ name: v.literal('aes-256-gcm'), nonce: base64, tag: base64 }),
  ciphertext: base64,
})
type Backup = v.InferOutput<typeof BackupSchema>

/** What a backup holds. */
export interface BackedUpKey {
  did: string
  /** The agent's name when it was made. */
  name: string
  /** The private key, as its provider writes it. */
  key: string
}

/** A private key, encrypted with a passphrase: one JSON object. `cost` is that of a try at the passphrase. */
export function sealBackup({ did, name, key }: BackedUpKey, passphrase: string, cost = COST): string {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const open = {
    ...{ format: 'agentvm-identity-backup' as const, version: 1 as const },
    ...{ did, name, created_at: new Date().toISOString() },
    kdf: { name: 'scrypt' as const, ...cost, salt: salt.toString('base64') },
  }
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, open.kdf), nonce)
  cipher.setAAD(openPart(open))
  const ciphertext = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()])
  const tag = cipher.getAuthTag().toString('base64')
  const backup: Backup = {
    ...open,
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('base64'), tag },
    ciphertext: ciphertext.toString('base64'),
  }
  return `${JSON.stringify(backup, null, 2)}\n`
}

/** Reads a backup. Throws a {@link UserError} if it is none, the passphrase is wrong, or a byte of it has been changed. */
export function openBackup(text: string, passphrase: string): BackedUpKey {
  const backup = parse(text)
  const { cipher, ciphertext, ...open } = backup
  const [nonce, tag] = [Buffer.from(cipher.nonce, 'base64'), Buffer.from(cipher.tag, 'base64')]
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(passphrase, open.kdf), nonce, {
      authTagLength: 16,
    })
    decipher.setAAD(openPart(open))
    decipher.setAuthTag(tag)
    const key = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()])
    return { did: open.did, name: open.name, key: key.toString('utf8') }
  } catch (error) {
    throw new UserError('the passphrase is wrong, or the backup was changed', { cause: error })
  }
}

function parse(text: string): Backup {
  try {
    if (text.length > LONGEST) throw new RangeError('too long')
    return v.parse(BackupSchema, JSON.parse(text))
  } catch (error) {
    throw new UserError("that is no backup of an identity, or one of a newer agentvm's", {
      fix: "'agentvm identity backup NAME' makes one",
      cause: error,
    })
  }
}

/** What can be read without the passphrase, and can't be changed unnoticed: in this order of keys. */
function openPart({
  format,
  version,
  did,
  name,
  created_at,
  kdf,
}: Omit<Backup, 'cipher' | 'ciphertext'>): Buffer {
  const { name: algorithm, n, r, p, salt } = kdf
  return Buffer.from(
    JSON.stringify({ format, version, did, name, created_at, kdf: { name: algorithm, n, r, p, salt } }),
  )
}

function keyOf(passphrase: string, { n, r, p, salt }: Omit<Backup['kdf'], 'name'>): Buffer {
  const options: ScryptOptions = { N: n, r, p, maxmem: MOST_MEMORY }
  // As Unicode composes it: the same characters are the same passphrase, whatever keyboard typed them.
  return scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options)
}
