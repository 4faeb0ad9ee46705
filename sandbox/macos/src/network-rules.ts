import type { NetworkPolicy } from '@agentvm/sdk'
import { allow } from './rules.ts'

/** Unix sockets are never open but for those that the policy names, whatever the network is. */
export function networkRules({ mode }: NetworkPolicy, sockets: readonly string[]): string[] {
  const unix = sockets.length > 0 ? ['(allow system-socket)', allow('network-outbound', sockets)] : []
  if (mode !== 'host') return unix
  return [
    '(allow system-socket)',
    '(allow network-outbound (remote ip))',
    '(allow network-inbound (local ip))',
    '(allow network-bind (local ip))',
    '(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
    ...unix.slice(1),
  ]
}
