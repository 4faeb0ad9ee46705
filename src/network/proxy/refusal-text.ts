import { formatRule } from '../rules.ts'
import type { Verdict } from './decide.ts'

/** What a refused agent is told: why, and the command by which its user opens the host. One line of printable ASCII. */
export function refusalText(verdict: Verdict & { allowed: false }, agentName: string): string {
  const { host, port, reason } = verdict
  const allow = (isPrivate: boolean) =>
    `agentvm net ${agentName} --allow ${formatRule({ host, port, ...(isPrivate ? { private: true } : {}) })}`
  switch (reason) {
    case 'no-rule':
      return `${host}:${port} is not open to this agent. To open it, on the host: ${allow(false)}`
    case 'private-address':
      return `${host} leads to a private address only. To open it, on the host: ${allow(true)}`
    case 'unresolved':
      return `${host} has no address`
    case 'address':
      return `${host} is an address: this agent reaches hosts by name only`
    case 'mismatch':
      return `the Host header differs from the request's target, ${host}:${port}`
    case 'bad-host':
      return 'the request names no valid host'
  }
}
