import { canonicalJson } from '../../provenance/canonical-json.ts'
import type { AgentRecord } from '../state/record.ts'

/**
 * A policy as canonical JSON, with words for what is the agent's own: `<workspace>`, `<home>`, `<agentvm>` (the home of
 * agentvm), `<id>`, `<name>`. Agents under the same policy have the same text, wherever they are.
 */
export function policyText(
  policy: Record<string, unknown>,
  agent: Pick<AgentRecord, 'id' | 'name' | 'workspace' | 'home'>,
  root: string,
): string {
  const places = [
    [agent.workspace, '<workspace>'],
    [agent.home, '<home>'],
    [root, '<agentvm>'],
  ] as const
  const general = (text: string) => {
    const place = places.find(([path]) => text === path || text.startsWith(`${path}/`))
    const moved = place ? place[1] + text.slice(place[0].length) : text
    return moved
      .split('/')
      .map((part) => (part === agent.id ? '<id>' : part))
      .join('/')
  }
  const named = policy.hostname === agent.name ? { ...policy, hostname: '<name>' } : policy
  return canonicalJson(
    JSON.parse(JSON.stringify(named), (_, value) => (typeof value === 'string' ? general(value) : value)),
  )
}
