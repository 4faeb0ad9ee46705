import type { IdentityProvider } from '@agentvm/sdk'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import { serveAgent } from '../network/serve-agents.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { forgetInGit } from './git-settings.ts'
import { applyInGit } from './give-identity.ts'
import { identityMode, KEY_CHANGE, providerOf, withIdentity, withoutIdentity } from './identity-state.ts'
import { endKey, recordKey } from './key-history.ts'
import { forgetRegistration, saveRegistration } from './registration.ts'
import { identitySubject } from './subject.ts'

/** What is done to a key that a crash must not cut in two. */
type KeyChange = 'replace' | 'revoke'

/** Puts on record that an agent's key is about to change: if we die over it, the next look at the agent goes on. */
export function beginKeyChange({ store }: Context, record: AgentRecord, change: KeyChange): AgentRecord {
  const marked = { ...record, extra: { ...record.extra, [KEY_CHANGE]: change } }
  store.save(marked)
  return marked
}

/** Goes on with a change of an agent's key whose agentvm has died. The caller holds the agent's lock. Returns the record as it is then. */
export async function finishKeyChange(context: Context, record: AgentRecord): Promise<AgentRecord> {
  const provider = await context.extensions.identity(providerOf(record))
  if (record.extra[KEY_CHANGE] !== 'revoke') return finishReplace(context, provider, record)
  endKey(context.home, record.id, 'revoked')
  const problem = await finishRevoke(context, provider, record)
  if (problem !== undefined) context.warn(`${record.name}: ${problem}`)
  return context.store.get(record.name)
}

/** Makes the key that the provider has the agent's, be it the new one or still the old. Returns the record with it. */
export async function finishReplace(
  context: Context,
  provider: IdentityProvider,
  marked: AgentRecord,
): Promise<AgentRecord> {
  const { [KEY_CHANGE]: _, ...extra } = marked.extra
  const before: AgentRecord = { ...marked, extra }
  const mode = identityMode(before) ?? context.settings.identityMode ?? 'socket'
  const subject = identitySubject(context.home, before, mode)
  const hasKey = await provider.exportKey(subject).then(
    () => true,
    () => false,
  )
  if (!hasKey) {
    context.store.save(before)
    return before
  }
  const made = await provider.provision(subject)
  recordKey(context.home, before, made.did)
  if (made.did !== before.did) saveRegistration(context.home, before.id, made)
  const required = before.extra.AGENT_GITLAWB_MODE === 'force'
  const changed = withIdentity(before, { did: made.did, provider: provider.id, mode, required })
  await useKeyNow(context, provider, changed)
  context.store.save(changed)
  if (made.did !== before.did) {
    recordEvent(context.home, 'rotate', changed, {
      did: made.did,
      ...(before.did === undefined ? {} : { before: before.did }),
    })
  }
  return changed
}

/** Destroys a key that counts no more, and all that an agent has of its identity. Returns what could not be done at its network. */
export async function finishRevoke(
  context: Context,
  provider: IdentityProvider,
  marked: AgentRecord,
  reason?: string,
): Promise<string | undefined> {
  const { [KEY_CHANGE]: _, ...extra } = marked.extra
  const problem = await provider.revoke(identitySubject(context.home, marked))
  const without = withoutIdentity({ ...marked, extra })
  forgetInGit(marked.home)
  forgetRegistration(context.home, marked.id)
  if (liveness(without, context.home) === 'running') await serveAgent(context, without)
  // Last: until then the next look at the agent does all of this again.
  context.store.save(without)
  const did = marked.did ?? ''
  recordEvent(context.home, 'revoke', without, { did, ...(reason === undefined ? {} : { reason }) })
  return problem
}

/** Makes git inside, and the signer of an agent that runs, use the key as it is now. */
export async function useKeyNow(
  context: Context,
  provider: IdentityProvider,
  record: AgentRecord,
): Promise<void> {
  const subject = identitySubject(context.home, record)
  // By the new history: what git inside takes for good of the old key.
  await provider.provision(subject)
  applyInGit(context, provider, record, subject)
  if (liveness(record, context.home) === 'running') await serveAgent(context, record)
}
