import type { AllowedHost } from '@agentvm/sdk'
import { type AddressClass, classifyAddress } from '../address-class.ts'
import { HOST_LOOPBACK, looksLikeAddress, parseHostName } from '../host-name.ts'
import { findRule } from '../rules.ts'
import type { Authority } from './authority.ts'

/** All addresses of a name, in the order to try them. Rejects if there are none. */
export type Resolver = (name: string) => Promise<string[]>

/** Why a request is refused. */
export type Refusal = 'address' | 'bad-host' | 'no-rule' | 'unresolved' | 'private-address' | 'mismatch'

/** What becomes of a request. */
export type Verdict =
  | {
      allowed: true
      host: string
      port: number
      /** The rule that opened it. */
      rule: AllowedHost
      /** Addresses that have been checked: only these may be dialled. */
      addresses: string[]
    }
  | { allowed: false; host: string; port: number; reason: Refusal }

/**
 * Judges where a client wants to go. The name is looked up once, and only if a rule opens it: a name alone can carry
 * data out. Of its addresses those remain that the rule may reach.
 */
export async function decide(
  { host: asked, port }: Authority,
  rules: readonly AllowedHost[],
  resolve: Resolver,
): Promise<Verdict> {
  const host = parseHostName(asked)
  if (host === undefined) {
    const reason = looksLikeAddress(asked) ? 'address' : 'bad-host'
    return { allowed: false, host: printable(asked), port, reason }
  }
  const refused = (reason: Refusal): Verdict => ({ allowed: false, host, port, reason })
  const rule = findRule(rules, host, port)
  if (!rule) return refused('no-rule')
  const found = await (host === HOST_LOOPBACK ? ['127.0.0.1', '::1'] : resolve(host).catch(() => []))
  if (found.length === 0) return refused('unresolved')
  const addresses = found.filter((address) => mayReach(rule, classifyAddress(address)))
  if (addresses.length === 0) return refused('private-address')
  return { allowed: true, host, port, rule, addresses }
}

/** A rule with a star says too little about what lies below it to lead to this machine, or to a cloud's metadata. */
function mayReach(rule: AllowedHost, kind: AddressClass): boolean {
  if (kind === 'never') return false
  if (kind === 'public') return true
  return rule.private === true && (kind === 'private' || !rule.host.startsWith('*.'))
}

/** What a client sent instead of a name, fit for a log. */
function printable(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 253)
}
