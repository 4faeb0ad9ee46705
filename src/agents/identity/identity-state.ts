import type { ProvisionedIdentity } from '@agentvm/sdk'
import type { AgentRecord } from '../state/record.ts'

/** The identity provider behind `--gitlawb`. */
export const GITLAWB = 'gitlawb'

/** Whether the network knows an agent's identity, and why not. */
export interface IdentityState {
  registered: boolean
  reason: string | null
}

/** A record with an identity that has been provisioned. The mode is the bash tool's: `auto` bears an unreachable node. */
export function withIdentity(
  record: AgentRecord,
  { did, registered, reason }: ProvisionedIdentity,
): AgentRecord {
  const extra = {
    ...record.extra,
    AGENT_GITLAWB_MODE: record.extra.AGENT_GITLAWB_MODE || 'auto',
    AGENT_GITLAWB_REGISTERED: String(registered),
    AGENT_GITLAWB_REASON: reason ?? '',
  }
  return { ...record, gitlawb: true, did, extra }
}

/** What is on record of an agent's registration; undefined if it has no identity. */
export function identityState({ gitlawb, did, extra }: AgentRecord): IdentityState | undefined {
  if (!gitlawb || did === undefined) return undefined
  return { registered: extra.AGENT_GITLAWB_REGISTERED === 'true', reason: extra.AGENT_GITLAWB_REASON || null }
}
