import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ProvisionedIdentity } from '@agentvm/sdk'
import * as v from 'valibot'
import type { Home } from '../../settings/home.ts'
import { readIfExists, writeFileAtomic } from '../../system/files.ts'
import type { AgentRecord } from '../state/record.ts'

/** Beside the keys, and not in the state file: who registers takes its time, and must not hold the agent's lock. */
const FILE = 'registration.json'

const RegistrationSchema = v.object({
  did: v.string(),
  registered: v.boolean(),
  /** Why it isn't; null if it is. */
  reason: v.nullable(v.string()),
  /** When to ask again by itself, ISO 8601 UTC; null if that makes no sense. */
  retry_at: v.nullable(v.string()),
})

/** Whether the network knows an agent's identity, and why not. */
export interface IdentityState {
  registered: boolean
  reason: string | null
}

/** What is on record of an agent's registration; undefined if it has no identity. */
export function identityState(home: Home, record: AgentRecord): IdentityState | undefined {
  if (!record.gitlawb || record.did === undefined) return undefined
  const { registered = false, reason = null } = read(home, record) ?? {}
  return { registered, reason }
}

/** When the network is to be asked again by itself, milliseconds since 1970; undefined if it isn't. */
export function retryTime(home: Home, record: AgentRecord): number | undefined {
  if (!record.gitlawb || record.did === undefined) return undefined
  const known = read(home, record)
  return known && !known.registered && known.retry_at !== null ? Date.parse(known.retry_at) : undefined
}

/** Puts on record what came of a registration, unless the agent is gone. */
export function saveRegistration(
  home: Home,
  id: string,
  { did, registered, reason, retryAfter }: ProvisionedIdentity,
  now = Date.now(),
): void {
  if (!existsSync(home.identityDir(id))) return
  const again =
    registered || retryAfter === undefined ? null : new Date(now + retryAfter * 1000).toISOString()
  const value = { did, registered, reason: registered ? null : (reason ?? null), retry_at: again }
  writeFileAtomic(path(home, id), `${JSON.stringify(value)}\n`, { durable: false })
}

/** Forgets what came of the registrations of an agent whose identity has ended. */
export function forgetRegistration(home: Home, id: string): void {
  rmSync(path(home, id), { force: true })
}

function read(home: Home, { id, did }: AgentRecord): v.InferOutput<typeof RegistrationSchema> | undefined {
  try {
    const known = v.parse(RegistrationSchema, JSON.parse(readIfExists(path(home, id)) ?? 'null'))
    return known.did === did ? known : undefined
  } catch {
    return undefined
  }
}

function path(home: Home, id: string): string {
  return join(home.identityDir(id), FILE)
}
