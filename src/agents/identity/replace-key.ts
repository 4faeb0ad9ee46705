import type { IdentityProvider, IdentitySubject, ProvisionedIdentity } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { settleLocked } from '../end/settle.ts'
import { recordEvent } from '../events.ts'
import { serveAgent } from '../network/serve-agents.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { forgetInGit } from './git-settings.ts'
import { applyInGit } from './give-identity.ts'
import { identityMode, providerOf, withIdentity, withoutIdentity } from './identity-state.ts'
import { endKey, readKeyHistory, recordKey } from './key-history.ts'
import { type IdentityReport, reportOf, requireIdentity } from './manage.ts'
import { registerInBackground } from './registrar.ts'
import { forgetRegistration, saveRegistration } from './registration.ts'
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
    const subject = identitySubject(context.home, record)
    const time = new Date().toISOString()
    // First: whatever happens then, it counts no more.
    recordKey(context.home, record, did)
    endKey(context.home, record.id, 'revoked', { time, ...(reason === undefined ? {} : { reason }) })
    const problem = await provider.revoke(subject)
    const without = withoutIdentity(record)
    context.store.save(without)
    forgetInGit(record.home)
    forgetRegistration(context.home, record.id)
    if (liveness(without, context.home) === 'running') await serveAgent(context, without)
    recordEvent(context.home, 'revoke', without, { did, ...(reason === undefined ? {} : { reason }) })
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
    const made = await replace(provider, identitySubject(context.home, record, mode)).catch(
      (error: Error) => {
        throw new UserError(`agent '${name}' keeps its identity: ${error.message}`, { cause: error })
      },
    )
    recordKey(context.home, record, made.did, reason === undefined ? {} : { reason })
    saveRegistration(context.home, record.id, made)
    const required = record.extra.AGENT_GITLAWB_MODE === 'force'
    const changed = withIdentity(record, { did: made.did, provider: provider.id, mode, required })
    context.store.save(changed)
    await useNow(context, provider, changed)
    const facts = { did: made.did, ...(record.did === undefined ? {} : { before: record.did }) }
    recordEvent(context.home, event, changed, facts)
    registerInBackground(context, changed)
    return reportOf(context, changed)
  })
}

/** Makes git inside, and the signer of an agent that runs, use the key as it is now. */
async function useNow(context: Context, provider: IdentityProvider, record: AgentRecord): Promise<void> {
  const subject = identitySubject(context.home, record)
  // By the new history: what git inside takes for good of the old key.
  await provider.provision(subject)
  applyInGit(context, provider, record, subject)
  if (liveness(record, context.home) === 'running') await serveAgent(context, record)
}
