import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { SigningKey } from '../../provenance/ed25519.ts'
import type { Home } from '../../settings/home.ts'
import { createFileAtomic, makePrivateDir, readIfExists } from '../../system/files.ts'

const keyFile = (home: Home) => join(home.provenance, 'home-key.pem')

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
  const pem = readIfExists(keyFile(home))
  if (pem === undefined) return undefined
  try {
    return SigningKey.fromPem(pem)
  } catch (error) {
    throw new UserError(`the key that signs run records is damaged: ${keyFile(home)}`, {
      fix: 'bring it back from a backup; without it, move it away: a new one is made, and old records stay the old one’s',
      cause: error,
    })
  }
}
