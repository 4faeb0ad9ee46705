import type { AgentSummary } from '@agentvm/sdk'
import type { AgentRecord } from './record.ts'

/** An agent as plugins see it. */
export function agentSummary(record: AgentRecord): AgentSummary {
  const { id, name, workspace, profile, sandbox, tags } = record
  return { id, name, workspace, sandbox, tags, ...(profile === undefined ? {} : { profile }) }
}
