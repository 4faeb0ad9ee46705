import type { IdentityMode } from '@agentvm/sdk'
import type { AgentRecord } from '../state/record.ts'

/** The provider of an identity where nothing names another. */
const GITLAWB = 'gitlawb'
/** File of the private key in an agent's folder of keys. */
export const SIGNING_KEY = 'identity.pem'

/** Of a record whose key is being changed: how. */
export const KEY_CHANGE = 'AGENT_KEY_CHANGE'

/** Whether a change of an agent's key has begun and isn't through: its agentvm died, or is at it. */
export function isKeyChanging({ extra }: Pick<AgentRecord, 'extra'>): boolean {
  return extra[KEY_CHANGE] !== undefined
}

/** The id of the provider that gave an agent its identity. An agent stays with it. */
export function providerOf({ extra }: Pick<AgentRecord, 'extra'>): string {
  return extra.AGENT_IDENTITY_PROVIDER || GITLAWB
}

/** What an agent that is started again has had. */
export interface EarlierIdentity {
  /** Undefined if there was no such agent. */
  gitlawb?: boolean
  /** Who gave it its identity; undefined if it has none. */
  provider?: string | undefined
  identityMode?: IdentityMode | undefined
  /** What the bash tool calls `force`. */
  requireGitlawb?: boolean
}

/** A record with the identity that its agent starts with. */
export function withIdentity(
  record: AgentRecord,
  { did, provider, mode, required }: { did: string; provider: string; mode: IdentityMode; required: boolean },
): AgentRecord {
  // The bash tool's words: `auto` bears a node that can't be reached.
  const extra = {
    ...{ AGENT_IDENTITY_PROVIDER: provider, AGENT_IDENTITY_MODE: mode },
    AGENT_GITLAWB_MODE: required ? 'force' : 'auto',
  }
  return { ...record, gitlawb: true, did, extra: { ...record.extra, ...extra } }
}

/** A record whose identity has ended. */
export function withoutIdentity(record: AgentRecord): AgentRecord {
  const {
    AGENT_IDENTITY_PROVIDER: _,
    AGENT_IDENTITY_MODE: __,
    AGENT_GITLAWB_MODE: ___,
    ...extra
  } = record.extra
  return { ...record, gitlawb: false, did: undefined, extra }
}

/** Where the private key of an agent is while it runs. One that the bash tool, or an older agentvm, made is in its home. */
export function identityMode({ did, extra }: AgentRecord): IdentityMode | undefined {
  if (extra.AGENT_IDENTITY_MODE === 'socket' || extra.AGENT_IDENTITY_MODE === 'file') {
    return extra.AGENT_IDENTITY_MODE
  }
  return did === undefined ? undefined : 'file'
}

/** What an agent that is started again has had of an identity; nothing if there was no such agent. */
export function earlierIdentity(record: AgentRecord | undefined): EarlierIdentity {
  if (!record) return {}
  const { gitlawb, extra } = record
  return {
    gitlawb,
    provider: record.did === undefined ? undefined : providerOf(record),
    identityMode: identityMode(record),
    requireGitlawb: gitlawb && extra.AGENT_GITLAWB_MODE === 'force',
  }
}

/** Whether an agent's commits are signed on the host, through its socket. */
export function signsBySocket(record: AgentRecord): boolean {
  return record.gitlawb && record.did !== undefined && identityMode(record) === 'socket'
}
