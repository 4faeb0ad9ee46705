import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { settledAgent } from '../end/settled-agent.ts'
import type { AgentRecord } from '../state/record.ts'
import { identityMode } from './identity-state.ts'
import { type IdentityKey, readKeyHistory } from './key-history.ts'
import { type IdentityState, identityState } from './registration.ts'

/** One agent's identity, as `identity list --json` prints it. */
export interface IdentityRow extends IdentityState {
  name: string
  did: string
  /** Where the private key is while the agent runs: on the host only, or also a file in its home. */
  mode: 'socket' | 'file'
}

/** One agent's identity with all keys that it has had, as `identity show --json` prints it. */
export interface IdentityReport extends IdentityRow {
  keys: IdentityKey[]
}

/** The identities of all agents that have one, in natural order. */
export function listIdentities(context: Context): IdentityRow[] {
  return context.store
    .all((problem) => context.warn(problem.message))
    .filter(({ gitlawb, did }) => gitlawb && did !== undefined)
    .map((record) => rowOfIdentity(context, record))
}

/** One agent's identity. Throws a {@link UserError} if it has none. */
export async function showIdentity(context: Context, name: string): Promise<IdentityReport> {
  return reportOf(context, await settledIdentity(context, name))
}

/** The identity of an agent that has one, with all keys that it has had. */
export function reportOf(context: Context, record: AgentRecord): IdentityReport {
  return { ...rowOfIdentity(context, record), keys: readKeyHistory(context.home, record.id).keys }
}

/** {@link requireIdentity} of an agent that is brought in line with the world first: a change of its key that was cut off is finished. */
export async function settledIdentity(context: Context, name: string): Promise<AgentRecord> {
  await settledAgent(context, name)
  return requireIdentity(context, name)
}

/** The record of an agent that has an identity. Throws a {@link UserError} if there is no such agent, or it has none. */
export function requireIdentity(context: Context, name: string): AgentRecord {
  const record = context.store.get(name)
  if (record.gitlawb && record.did !== undefined) return record
  throw new UserError(`agent '${name}' has no identity`, {
    fix: `give it one when it is started: agentvm spawn ${name} --gitlawb`,
  })
}

/** The identity of an agent that has one. */
export function rowOfIdentity({ home }: Context, record: AgentRecord): IdentityRow {
  const { registered, reason } = identityState(home, record) ?? { registered: false, reason: null }
  const mode = identityMode(record) ?? 'socket'
  return { name: record.name, did: record.did ?? '', mode, registered, reason }
}
