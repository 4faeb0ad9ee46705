import type { NetworkLack, SandboxPolicy } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

/**
 * Starts the bridge, waits until it listens, becomes the command. In a subshell, so that no variable of the script
 * reaches the command; in a session of its own, so that Ctrl-C doesn't end it; a grandchild, so that the command has
 * no child that it doesn't know of. It ends with the sandbox. `-t` is how long one direction may stay open after the
 * other's end: by default socat cuts what a client hasn't received half a second after its last word.
 * $1 setsid, $2 socat, $3 port, $4 the same in hexadecimal, $5 socket.
 */
const SCRIPT = `(
"$1" "$2" -b65536 -t60 "TCP4-LISTEN:$3,bind=127.0.0.1,reuseaddr,fork,backlog=256" "UNIX-CONNECT:$5" </dev/null >/dev/null 2>&1 &
tries=0
until while read -r n here there state rest; do [ "$here $state" = "0100007F:$4 0A" ] && break; done </proc/net/tcp; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] || sleep 0.01
  [ $tries -lt 3000 ] || exit 1
done
) || { echo "agentvm: the way to the network proxy did not open" >&2; exit 125; }
shift 5
exec "$@"`

/** Words before the command that bring the policy's proxy to a port of the sandbox's own loopback; none if it has no proxy. Throws an `Error` if the machine lacks what that takes. */
export function bridge({ network }: Pick<SandboxPolicy, 'network'>, facts: HostFacts): string[] {
  if (network.mode !== 'allowlist') return []
  const [lack] = bridgeLacks(facts)
  if (lack || !facts.setsid || !facts.socat) throw new Error(lack?.reason)
  const { port, socket } = network.proxy
  if (!/^[A-Za-z0-9/._-]+$/.test(socket)) throw new Error(`socat can't take the socket path ${socket}`)
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return ['/bin/sh', '-c', SCRIPT, 'sh', facts.setsid, facts.socat, String(port), hex, socket]
}

/** What this machine lacks for the bridge. */
export function bridgeLacks({ socat, setsid }: Pick<HostFacts, 'socat' | 'setsid'>): NetworkLack[] {
  const missing = [...(socat ? [] : ['socat']), ...(setsid ? [] : ['setsid'])]
  if (missing.length === 0) return []
  return [
    {
      mode: 'allowlist',
      reason: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`,
      packages: missing.map((program) => (program === 'setsid' ? 'util-linux' : program)),
    },
  ]
}
