import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { publicKeyOf } from '@agentvm/sdk'
import * as v from 'valibot'
import type { Home } from '../../settings/home.ts'
import { sshString } from '../../signer/ssh-wire.ts'
import { makePrivateDir, readIfExists, writeFileAtomic } from '../../system/files.ts'

/** The file of an agent's public keys in its folder of keys. It stays when the agent is gone. */
const FILE = 'keys.json'

/** A public key that an agent has, or has had. */
export const IdentityKeySchema = v.object({
  did: v.string(),
  /** `ssh-ed25519 AAAA…`; null where the DID doesn't stand for such a key. */
  public_key: v.nullable(v.string()),
  /** Since when it was the agent's, ISO 8601 UTC. */
  valid_from: v.string(),
  /** Until when; null for the key that it has now. */
  valid_until: v.nullable(v.string()),
  /**
   * `rotated`: replaced by another; what it signed until then stays good. `revoked`: not to be trusted, whenever it
   * signed. `retired`: the agent was removed; what it signed until then stays good.
   */
  status: v.picklist(['current', 'rotated', 'revoked', 'retired']),
  /** Why it ended, in the user's words; null if nobody said. */
  reason: v.nullable(v.string()),
})
const HistorySchema = v.object({
  version: v.literal(1),
  id: v.string(),
  name: v.string(),
  keys: v.array(IdentityKeySchema),
})

/** A public key that an agent has, or has had. */
export type IdentityKey = v.InferOutput<typeof IdentityKeySchema>
/** All public keys of one agent, the oldest first, under the name that it had last. */
export type KeyHistory = v.InferOutput<typeof HistorySchema>

/** The public keys of an agent; empty if it never had one. Throws an `Error` if they can't be read. */
export function readKeyHistory(home: Home, id: string): KeyHistory {
  const path = join(home.identityDir(id), FILE)
  const text = readIfExists(path)
  if (text === undefined) return { version: 1, id, name: '', keys: [] }
  try {
    return v.parse(HistorySchema, JSON.parse(text))
  } catch {
    throw new Error(`${path} is damaged`)
  }
}

/** The public keys of all agents of a home, also of those that are gone. One that is damaged is left out. */
export function allKeyHistories(home: Home): KeyHistory[] {
  if (!existsSync(home.identities)) return []
  return readdirSync(home.identities, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      try {
        return [readKeyHistory(home, name)]
      } catch {
        return []
      }
    })
}

/** Puts on record which key an agent has now. The one that it had until then has been rotated, unless something else is said. */
export function recordKey(
  home: Home,
  agent: { id: string; name: string },
  did: string,
  ended: { reason?: string; time?: string } = {},
): void {
  const history = readKeyHistory(home, agent.id)
  const current = history.keys.find(({ valid_until }) => valid_until === null)
  if (current?.did === did && history.name === agent.name) return
  const time = ended.time ?? timeOfKey()
  const keys =
    current?.did === did
      ? history.keys
      : [
          ...endCurrent(history.keys, 'rotated', time, ended.reason),
          {
            ...{ did, public_key: sshKeyOf(did), valid_from: time },
            ...{ valid_until: null, status: 'current' as const, reason: null },
          },
        ]
  save(home, { ...history, name: agent.name, keys })
}

/** Puts on record that an agent's key has ended. */
export function endKey(
  home: Home,
  id: string,
  status: 'revoked' | 'retired',
  { reason, time = timeOfKey() }: { reason?: string; time?: string } = {},
): void {
  const history = readKeyHistory(home, id)
  if (history.keys.length > 0)
    save(home, { ...history, keys: endCurrent(history.keys, status, time, reason) })
}

function endCurrent(
  keys: IdentityKey[],
  status: IdentityKey['status'],
  time: string,
  reason = '',
): IdentityKey[] {
  return keys.map((key) =>
    key.valid_until === null ? { ...key, valid_until: time, status, reason: reason || null } : key,
  )
}

/** The SSH form of the key that a `did:key` stands for. */
function sshKeyOf(did: string): string | null {
  const key = publicKeyOf(did)
  return key
    ? `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(key)]).toString('base64')}`
    : null
}

function timeOfKey(): string {
  return new Date().toISOString()
}

function save(home: Home, history: KeyHistory): void {
  makePrivateDir(home.identityDir(history.id))
  writeFileAtomic(join(home.identityDir(history.id), FILE), `${JSON.stringify(history, null, 2)}\n`)
}
