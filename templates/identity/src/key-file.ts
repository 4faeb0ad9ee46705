import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IdentitySubject } from '@agentvm/sdk'

/** agentvm signs an agent's commits with the key of this name: Ed25519, PKCS#8. */
const FILE = 'identity.pem'

/** An agent's private key; undefined if it has none. Throws an `Error` on a damaged one. */
export function readKey(agent: IdentitySubject): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(join(agent.keys, FILE)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Gives an agent a key, a new one unless it is named, in the place of what it has. In one step: a key is whole or not there. */
export function giveKey(agent: IdentitySubject, key = generateKeyPairSync('ed25519').privateKey): KeyObject {
  const temporary = join(agent.keys, `.${FILE}.${process.pid}`)
  writeFileSync(temporary, pemOf(key), { mode: 0o600 })
  renameSync(temporary, join(agent.keys, FILE))
  return key
}

/** Removes an agent's key, if it has one. */
export function removeKey(agent: IdentitySubject): void {
  rmSync(join(agent.keys, FILE), { force: true })
}

/** A private key as text. */
export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
