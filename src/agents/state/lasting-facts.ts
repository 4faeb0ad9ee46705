import type { AgentRecord } from './record.ts'

/** Keys of the state file that say something of one start, or of a work that is under way. */
const PASSING = [
  ...['AGENT_NEW_WORKSPACE', 'AGENT_SEEDING', 'AGENT_THROWAWAY', 'AGENT_TRASH', 'AGENT_WENT_DOWN'],
  ...['AGENT_RENAMED_FROM', 'AGENT_RENAME_TO', 'AGENT_RESTORING', 'AGENT_ELSEWHERE', 'AGENT_KEY_CHANGE'],
]

/** What a state file holds besides, but for what was true only then. */
export function lastingFacts(record: AgentRecord | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record?.extra ?? {}).filter(([key]) => !PASSING.includes(key)))
}
