import { setTimeout as sleep } from 'node:timers/promises'
import type { IdentityProvider, ProvisionedIdentity } from '@agentvm/sdk'
import { check, ProvisionedSchema } from '@agentvm/sdk/schemas'
import { PluginError, UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { useInGit } from './git-settings.ts'
import { GITLAWB, withIdentity } from './identity-state.ts'

/** The longest that a provider may take at a spawn. It should need a few seconds at most by itself. */
const PROVISION_WITHIN_MS = 10_000
/** The longest that a registration may take that somebody waits for. */
const REGISTER_WITHIN_MS = 90_000

/**
 * Gives an agent its identity before it starts, and makes git inside use it. The key of one that it has already stays.
 * Throws a {@link UserError} if there can be none; a network that doesn't know it yet is said, and no error.
 */
export async function giveIdentity(
  context: Context,
  provider: IdentityProvider,
  record: AgentRecord,
): Promise<AgentRecord> {
  const made = await ask(provider, record, () => provider.provision(record), PROVISION_WITHIN_MS)
  if (record.did !== undefined && record.did !== made.did) {
    context.warn(
      `${record.name}: its identity is not the one on record any more (${record.did}): it was replaced`,
    )
  }
  if (!made.registered) {
    context.warn(
      `${record.name}: its identity is not registered: ${made.reason ?? 'no reason given'}; to try again: agentvm identity register ${record.name}`,
    )
  }
  applyInGit(context, provider, record)
  return withIdentity(record, made)
}

/** Tries again to make the network know an agent's identity. */
export async function registerIdentity(
  provider: IdentityProvider,
  record: AgentRecord,
): Promise<AgentRecord> {
  return withIdentity(
    record,
    await ask(provider, record, () => provider.register(record), REGISTER_WITHIN_MS),
  )
}

/** Tells who gave an agent its identity that it has a new name. It stays the agent's own, so a failure is only said. */
export async function adoptIdentity(context: Context, record: AgentRecord): Promise<void> {
  if (!record.gitlawb || record.did === undefined) return
  try {
    const provider = await context.extensions.identity(GITLAWB)
    await ask(provider, record, () => provider.adopt(record, 'rename'), PROVISION_WITHIN_MS)
    applyInGit(context, provider, record)
  } catch (error) {
    context.warn(`${record.name}: its identity doesn't know its new name: ${(error as Error).message}`)
  }
}

/** Makes the identity of an agent that goes for good invalid, as far as who gave it can. Throws what that one throws. */
export async function revokeIdentity(context: Context, record: AgentRecord): Promise<void> {
  if (!record.gitlawb || record.did === undefined) return
  const provider = await context.extensions.identity(GITLAWB)
  await provider.revoke(record)
}

function applyInGit(context: Context, provider: IdentityProvider, record: AgentRecord): void {
  if (!useInGit(record.home, provider.gitConfig(record), context.caller.PATH ?? '')) {
    context.warn(`${record.name}: ssh-keygen is not installed, so its commits are not signed`)
  }
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
