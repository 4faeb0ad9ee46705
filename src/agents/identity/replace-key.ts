import type { IdentityProvider, IdentitySubject, ProvisionedIdentity } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { systemError } from '../../system/system-error.ts'
import type { Context } from '../context.ts'
import { settleLocked } from '../end/settle.ts'
import { recordEvent } from '../events.ts'
import type { AgentRecord } from '../state/record.ts'
import { beginKeyChange, finishReplace, finishRevoke, useKeyNow } from './finish-key-change.ts'
import { identityMode, providerOf, withIdentity } from './identity-state.ts'
import { endKey, readKeyHistory, recordKey } from './key-history.ts'
import { type IdentityReport, reportOf, requireIdentity } from './manage.ts'
import { registerInBackground } from './registrar.ts'
import { saveRegistration } from './registration.ts'
import { identitySubject } from './subject.ts'

/** What `identity revoke` did. */
export interface Revoked {
  name: string
  did: string
  revoked_at: string
  reason: string | null
  /** What could not be done: the network still takes it for active. */
  problem: string | null
}

/**
 * Gives an agent a new key in the place of its own, at once if it runs. What the old one signed until now stays good.
 * Throws a {@link UserError} if it has no identity.
 */
export async function rotateKey(context: Context, name: string, reason?: string): Promise<IdentityReport> {
  requireIdentity(context, name)
  return replaceKey(context, name, 'rotate', (provider, subject) => provider.rotate(subject), reason)
}

/**
 * Gives an agent a key from a backup: an agent that has lost it, or that has none. Another one that it has is replaced,
 * as {@link rotateKey} does, only if that is forced.
 */
export async function restoreKey(
  context: Context,
  name: string,
  backup: { did: string; key: string },
  force: boolean,
): Promise<IdentityReport> {
  const { did } = context.store.get(name)
  if (did !== undefined && did !== backup.did && !force) {
    throw new UserError(`agent '${name}' has another identity: ${did}`, {
      fix: 'to replace that one by the one of the backup: add --force',
    })
  }
  const revoked = readKeyHistory(context.home, context.store.get(name).id).keys.some(
    (key) => key.did === backup.did && key.status === 'revoked',
  )
  if (revoked) throw new UserError(`${backup.did} was revoked: it can't be used any more`)
  const restore = (provider: IdentityProvider, subject: IdentitySubject) =>
    provider.importKey(subject, backup.key)
  return replaceKey(context, name, 'rotate', restore, 'restored from a backup')
}

/**
 * Ends an agent's identity for good: the key is destroyed, and nothing that it has signed is to be trusted any more.
 * The agent goes on without one. Throws a {@link UserError} if it has none.
 */
export async function revokeKey(context: Context, name: string, reason?: string): Promise<Revoked> {
  const provider = await context.extensions.identity(providerOf(requireIdentity(context, name)))
  return context.store.exclusively(name, async () => {
    await settleLocked(context, name)
    const record = requireIdentity(context, name)
    const did = record.did ?? ''
    const time = new Date().toISOString()
    const marked = beginKeyChange(context, record, 'revoke')
    // First: whatever happens then, it counts no more.
    recordKey(context.home, record, did)
    endKey(context.home, record.id, 'revoked', { time, ...(reason === undefined ? {} : { reason }) })
    const problem = await finishRevoke(context, provider, marked, reason)
    return { name, did, revoked_at: time, reason: reason ?? null, problem: problem ?? null }
  })
}

async function replaceKey(
  context: Context,
  name: string,
  event: 'rotate',
  replace: (provider: IdentityProvider, subject: IdentitySubject) => Promise<ProvisionedIdentity>,
  reason?: string,
): Promise<IdentityReport> {
  const found = context.store.get(name)
  const chosen = found.did === undefined ? context.settings.identity : providerOf(found)
  const provider = await context.extensions.identity(chosen)
  return context.store.exclusively(name, async () => {
    await settleLocked(context, name)
    const record = context.store.get(name)
    const mode = identityMode(record) ?? context.settings.identityMode ?? 'socket'
    const marked = beginKeyChange(context, record, 'replace')
    const made = await replace(provider, identitySubject(context.home, record, mode)).catch(
      async (error: Error) => {
        // What it has done before it failed: nothing, or all but the last of it.
        const now = await finishReplace(context, provider, marked).catch(() => undefined)
        const { message, fix } = systemError(error) ?? (error as UserError)
        throw new UserError(`agent '${name}' ${outcomeOf(record, now)}: ${message}`, {
          ...(fix ? { fix } : {}),
          cause: error,
        })
      },
    )
    recordKey(context.home, record, made.did, reason === undefined ? {} : { reason })
    saveRegistration(context.home, record.id, made)
    const required = record.extra.AGENT_GITLAWB_MODE === 'force'
    const changed = withIdentity(record, { did: made.did, provider: provider.id, mode, required })
    await useKeyNow(context, provider, changed)
    // Last: until then the next look at the agent does all of this again.
    context.store.save(changed)
    const facts = { did: made.did, ...(record.did === undefined ? {} : { before: record.did }) }
    recordEvent(context.home, event, changed, facts)
    registerInBackground(context, changed)
    return reportOf(context, changed)
  })
}

/** What a change of a key came to that failed. */
function outcomeOf(before: AgentRecord, now: AgentRecord | undefined): string {
  if (now === undefined) return 'gets its key from the next command, since this one failed'
  return now.did === before.did ? 'keeps its identity' : `has the identity ${now.did} now, but`
}
