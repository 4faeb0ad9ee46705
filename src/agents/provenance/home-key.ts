import { join } from 'node:path'
import { publicKeyOf } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { publicPem, SigningKey } from '../../provenance/ed25519.ts'
import type { Home } from '../../settings/home.ts'
import { createFileAtomic, fileVersion, makePrivateDir, readIfExists } from '../../system/files.ts'
import type { Context } from '../context.ts'

const keyFile = (home: Home) => join(home.provenance, 'home-key.pem')

/** Of many agents that end at once, each asks for it. */
let lastRead: { version: string; key: SigningKey } | undefined

/**
 * The key by which this home signs what its agents did. Made when it is first needed; of several that make one at once,
 * one wins. It never enters a sandbox. Throws a {@link UserError} if its file is damaged.
 */
export function homeKey(home: Home): SigningKey {
  const known = existingHomeKey(home)
  if (known) return known
  makePrivateDir(home.root)
  makePrivateDir(home.provenance)
  createFileAtomic(keyFile(home), SigningKey.generate().toPem(), { mode: 0o600 })
  return existingHomeKey(home) ?? homeKey(home)
}

/** The home's key if it has one. Makes nothing. Throws a {@link UserError} if its file is damaged. */
export function existingHomeKey(home: Home): SigningKey | undefined {
  const file = keyFile(home)
  const version = `${file} ${fileVersion(file)}`
  if (lastRead?.version === version) return lastRead.key
  const pem = readIfExists(file)
  if (pem === undefined) return undefined
  try {
    const key = SigningKey.fromPem(pem)
    lastRead = { version, key }
    return key
  } catch (error) {
    throw new UserError(`the key that signs run records is damaged: ${keyFile(home)}`, {
      fix: "bring it back from a backup, or move it away: a new one is made, and old records stay the old one's",
      cause: error,
    })
  }
}

/** The public half of the home's key: as `provenance key --json` prints it. Makes the key if there is none. */
export function publicHomeKey({ home }: Context): { key: string; pem: string } {
  const { did } = homeKey(home)
  return { key: did, pem: publicPem(publicKeyOf(did) ?? Buffer.alloc(0)) }
}
