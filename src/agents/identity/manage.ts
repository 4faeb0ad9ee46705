import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import type { AgentRecord } from '../state/record.ts'
import { registerIdentity } from './give-identity.ts'
import { GITLAWB, identityState } from './identity-state.ts'

/** One agent's identity, as `identity list --json` prints it. */
export interface IdentityRow {
  name: string
  did: string
  registered: boolean
  /** Why it isn't registered; null if it is. */
  reason: string | null
}

/** The identities of all agents that have one, in natural order. */
export function listIdentities(context: Context): IdentityRow[] {
  return context.store
    .all((problem) => context.warn(problem.message))
    .flatMap((record) => rowOf(record) ?? [])
}

/** One agent's identity. Throws a {@link UserError} if it has none. */
export function showIdentity(context: Context, name: string): IdentityRow {
  return rowOf(context.store.get(name)) ?? hasNone(name)
}

/** Tries again to make the network know an agent's identity, and puts the outcome on record. */
export async function registerAgain(context: Context, name: string): Promise<IdentityRow> {
  showIdentity(context, name)
  const provider = await context.extensions.identity(GITLAWB)
  return context.store.exclusively(name, async () => {
    const record = await registerIdentity(provider, context.store.get(name))
    context.store.save(record)
    const row = rowOf(record) ?? hasNone(name)
    if (row.registered) recordEvent(context.home, 'register', record)
    return row
  })
}

function rowOf(record: AgentRecord): IdentityRow | undefined {
  const state = identityState(record)
  return state && record.did !== undefined ? { name: record.name, did: record.did, ...state } : undefined
}

function hasNone(name: string): never {
  throw new UserError(`agent '${name}' has no identity`, {
    fix: `give it one when it is started: agentvm spawn ${name} --gitlawb`,
  })
}
