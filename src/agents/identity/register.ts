import { setTimeout as sleep } from 'node:timers/promises'
import type { ProvisionedIdentity } from '@agentvm/sdk'
import { withLock } from '../../system/lock.ts'
import { inWords } from '../../system/system-error.ts'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import type { AgentRecord } from '../state/record.ts'
import { registerIdentity } from './give-identity.ts'
import { providerOf } from './identity-state.ts'
import { type IdentityRow, rowOfIdentity, settledIdentity } from './manage.ts'
import { registrarLock } from './registrar.ts'
import { retryTime, saveRegistration } from './registration.ts'

/** Failures in a row after which the network isn't asked any more by itself. */
const MOST_FAILURES = 5
/** A network that wants us to wait for longer isn't waited for by itself, milliseconds. */
const LONGEST_WAIT_MS = 120_000
/** Milliseconds between two looks whether there is still anybody to wait for. */
const LOOK_MS = 250

/** Tries again to make the network know an agent's identity, and puts the outcome on record. */
export async function registerAgain(context: Context, name: string): Promise<IdentityRow> {
  const record = await settledIdentity(context, name)
  await registerNow(context, record)
  return rowOfIdentity(context, record)
}

/**
 * Makes the network know all identities that it doesn't know yet, one after the other, as fast as it takes them: where
 * it limits the rate, or is down, they wait. Gives up after some failures in a row. Of several calls one works; the
 * others throw a {@link UserError}. Returns those that were tried.
 */
export async function registerPending(context: Context): Promise<IdentityRow[]> {
  const tried = new Map<string, AgentRecord>()
  /** Those that failed on our side, as with a full disk: the next call tries again, and here they don't keep the others. */
  const failedHere = new Set<string>()
  await withLock(
    registrarLock(context.home),
    async () => {
      let failures = 0
      let pausedUntil = 0
      while (failures < MOST_FAILURES) {
        const next = nextPending(context, failedHere)
        const at = Math.max(next?.at ?? 0, pausedUntil)
        if (!next || at - Date.now() > LONGEST_WAIT_MS) return
        if (at > Date.now()) {
          await sleep(Math.min(LOOK_MS, at - Date.now()))
          continue
        }
        tried.set(next.record.id, next.record)
        const made = await registerOrNote(context, next.record)
        if (!made.registered && made.retryAfter === 0) {
          failedHere.add(next.record.id)
          continue
        }
        const { registered, retryAfter = 0 } = made
        failures = registered ? 0 : failures + 1
        // What the network answers to one, it would answer to the others.
        if (!registered) pausedUntil = Date.now() + retryAfter * 1000
      }
    },
    { timeoutMs: 0, busy: 'another agentvm is registering identities right now' },
  )
  return [...tried.values()].map((record) => rowOfIdentity(context, record))
}

/** One that can't even ask is to be asked for again by the next call. */
function registerOrNote(context: Context, record: AgentRecord): Promise<ProvisionedIdentity> {
  return registerNow(context, record).catch((error: Error) => {
    const reason = inWords(error).what
    const failed = { did: record.did ?? '', registered: false, reason, retryAfter: 0 }
    saveRegistration(context.home, record.id, failed)
    return failed
  })
}

/** Asks the network, without the agent's lock: that can take a minute. */
async function registerNow(context: Context, record: AgentRecord): Promise<ProvisionedIdentity> {
  const provider = await context.extensions.identity(providerOf(record))
  const made = await registerIdentity(context, provider, record)
  saveRegistration(context.home, record.id, made)
  if (made.registered) journal(context, record)
  return made
}

/** The network knows it, whether or not that can be written down. */
function journal(context: Context, record: AgentRecord): void {
  try {
    recordEvent(context.home, 'register', record)
  } catch (error) {
    context.warn(`${record.name}: its registration is not in the history: ${inWords(error as Error).what}`)
  }
}

/** The identity that waits for the longest, but for some. */
function nextPending(
  { store, home }: Context,
  but: ReadonlySet<string>,
): { record: AgentRecord; at: number } | undefined {
  const pending = store
    .all(() => {})
    .flatMap((record) => {
      const at = retryTime(home, record)
      return at === undefined || but.has(record.id) ? [] : [{ record, at }]
    })
  return pending.sort((a, b) => a.at - b.at)[0]
}
