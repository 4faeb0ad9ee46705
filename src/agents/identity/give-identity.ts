import { setTimeout as sleep } from 'node:timers/promises'
import type { IdentityProvider, IdentitySubject, ProvisionedIdentity } from '@agentvm/sdk'
import { check, ProvisionedSchema } from '@agentvm/sdk/schemas'
import { PluginError, UserError } from '../../errors.ts'
import { makePrivateDir } from '../../system/files.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import type { ChosenIdentity } from './choose-identity.ts'
import { forgetInGit, useInGit } from './git-settings.ts'
import { providerOf, withIdentity } from './identity-state.ts'
import { endKey, recordKey } from './key-history.ts'
import { forgetRegistration, saveRegistration } from './registration.ts'
import { identitySubject } from './subject.ts'

/** The longest that a provider may take at a spawn. It should need a few seconds at most by itself. */
const PROVISION_WITHIN_MS = 10_000
/** The longest that a registration may take: a proof of work takes seconds. */
const REGISTER_WITHIN_MS = 60_000
/** The same for a spawn that fails without it. */
const REQUIRED_WITHIN_MS = 20_000
/** How much longer a provider may take that heeds its signal. */
const GRACE_MS = 5_000

/** A record with the identity that its agent is to start with, which git inside uses; without one, git uses none. */
export async function withItsIdentity(
  context: Context,
  { identity }: { identity: ChosenIdentity | undefined },
  record: AgentRecord,
): Promise<AgentRecord> {
  if (identity) return giveIdentity(context, identity, record)
  if (record.did !== undefined) forgetInGit(record.home)
  return record
}

/**
 * Gives an agent its identity before it starts, and makes git inside use it. The key of one that it has already stays.
 * The network is asked only where the identity is required; else that is for later. Throws a {@link UserError} if there
 * can be none, or the network doesn't take one that is required.
 */
async function giveIdentity(
  context: Context,
  { provider, mode, required }: ChosenIdentity,
  record: AgentRecord,
): Promise<AgentRecord> {
  const subject = identitySubject(context.home, record, mode)
  makePrivateDir(subject.keys)
  let made = await ask(provider, record, () => provider.provision(subject), PROVISION_WITHIN_MS)
  if (record.did !== undefined && record.did !== made.did) {
    context.warn(
      `${record.name}: its identity is not the one on record any more (${record.did}): it was replaced`,
    )
  }
  if (required && !made.registered) made = await registerOrFail(provider, record, subject)
  recordKey(context.home, record, made.did)
  applyInGit(context, provider, record, subject)
  saveRegistration(context.home, record.id, made)
  return withIdentity(record, { did: made.did, provider: provider.id, mode, required })
}

/** Tries again to make the network know an agent's identity. A failure is a reason in what is returned. */
export async function registerIdentity(
  context: Context,
  provider: IdentityProvider,
  record: AgentRecord,
  withinMs = REGISTER_WITHIN_MS,
): Promise<ProvisionedIdentity> {
  const call = () => provider.register(identitySubject(context.home, record), AbortSignal.timeout(withinMs))
  return ask(provider, record, call, withinMs + GRACE_MS)
}

/** Tells who gave an agent its identity that it has a new name. It stays the agent's own, so a failure is only said. */
export async function adoptIdentity(context: Context, record: AgentRecord): Promise<void> {
  if (!record.gitlawb || record.did === undefined) return
  try {
    const provider = await context.extensions.identity(providerOf(record))
    const subject = identitySubject(context.home, record)
    const known = await ask(provider, record, () => provider.adopt(subject, 'rename'), PROVISION_WITHIN_MS)
    recordKey(context.home, record, known.did)
    applyInGit(context, provider, record, subject)
  } catch (error) {
    context.warn(`${record.name}: its identity doesn't know its new name: ${(error as Error).message}`)
  }
}

/** Ends the identity of an agent that goes for good, as far as who gave it can. Its public keys stay on record. Throws what that one throws. */
export async function retireIdentity(context: Context, record: AgentRecord): Promise<void> {
  if (!record.gitlawb || record.did === undefined) return
  const provider = await context.extensions.identity(providerOf(record))
  const problem = await provider.revoke(identitySubject(context.home, record))
  endKey(context.home, record.id, 'retired')
  forgetRegistration(context.home, record.id)
  if (problem !== undefined) context.warn(`${record.name}: ${problem}`)
}

/** Makes git inside use an agent's identity as it is now. */
export function applyInGit(
  context: Context,
  provider: IdentityProvider,
  record: AgentRecord,
  subject: IdentitySubject,
): void {
  if (!useInGit(record.home, provider.gitConfig(subject), context.caller.PATH ?? '')) {
    context.warn(`${record.name}: ssh-keygen is not installed, so its commits are not signed`)
  }
}

async function registerOrFail(
  provider: IdentityProvider,
  record: AgentRecord,
  subject: IdentitySubject,
): Promise<ProvisionedIdentity> {
  const call = () => provider.register(subject, AbortSignal.timeout(REQUIRED_WITHIN_MS))
  const made = await ask(provider, record, call, REQUIRED_WITHIN_MS + GRACE_MS)
  if (made.registered) return made
  throw new UserError(
    `agent '${record.name}' is not started, since its identity is required: ${made.reason}`,
    {
      fix: 'mend that, or leave --require-gitlawb (AGENTVM_REQUIRE_GITLAWB) out',
    },
  )
}

async function ask(
  provider: IdentityProvider,
  { name }: AgentRecord,
  call: () => Promise<ProvisionedIdentity>,
  withinMs: number,
): Promise<ProvisionedIdentity> {
  const stop = new AbortController()
  const late = sleep(withinMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${withinMs / 1000} seconds`)
  })
  late.catch(() => {})
  let answer: unknown
  try {
    answer = await Promise.race([call(), late])
  } catch (error) {
    throw new UserError(
      `agent '${name}' gets no identity from ${provider.label}: ${(error as Error).message}`,
      {
        fix: 'leave --gitlawb out, or mend what it says',
        cause: error,
      },
    )
  } finally {
    stop.abort()
  }
  const checked = check(ProvisionedSchema, answer)
  if (checked.ok) return checked.value
  throw new PluginError(provider.id, `its identity is invalid: ${checked.problems.join('; ')}`)
}
