import type { NetworkLack, SandboxPolicy } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

/** What this machine lacks to bring agentvm's proxy into a container that has no network of its own. */
export function bridgeLacks({ socat, setsid }: Pick<HostFacts, 'socat' | 'setsid'>): NetworkLack[] {
  const packages = [...(socat ? [] : ['socat']), ...(setsid ? [] : ['util-linux'])]
  if (packages.length === 0) return []
  return [{ mode: 'allowlist', reason: `the container needs ${packages.join(' and ')}`, packages }]
}

/** Lines of sh that offer the policy's proxy on a port of the container's loopback, and wait until it listens; none without a proxy. Throws an `Error` if the machine lacks what that takes. */
export function bridgeLines({ network }: Pick<SandboxPolicy, 'network'>, facts: HostFacts): string[] {
  if (network.mode !== 'allowlist') return []
  const [lack] = bridgeLacks(facts)
  if (lack) throw new Error(lack.reason)
  const { port, socket } = network.proxy
  if (!/^[A-Za-z0-9/._-]+$/.test(socket)) throw new Error(`socat can't take the socket path ${socket}`)
  const listening = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`
  return [
    `${facts.setsid} ${facts.socat} -b65536 -t60 TCP4-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=256 UNIX-CONNECT:${socket} </dev/null >/dev/null 2>&1 3<&- 4>&- &`,
    'tries=0',
    `until grep -q "${listening}" /proc/net/tcp; do tries=$((tries + 1)); [ $tries -lt 1000 ] || exit 125; sleep 0.01; done`,
  ]
}
