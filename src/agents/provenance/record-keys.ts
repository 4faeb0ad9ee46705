import type { RunPredicate } from '../../provenance/record.ts'
import type { AgentRecord } from '../state/record.ts'
import type { Appended } from './ledger.ts'

/** Key of the state file: index and hash of the agent's newest run record. */
const NEWEST = 'AGENT_PROVENANCE'
/** Key of the state file: id, name and DID of the agent that this one was copied from. */
const PARENT = 'AGENT_PARENT'

/** A record of an agent that names its newest run record: without, nobody could tell that the last ones were removed. */
export function withNewest(agent: AgentRecord, { index, hash }: Appended): AgentRecord {
  return { ...agent, extra: { ...agent.extra, [NEWEST]: `${index} ${hash}` } }
}

/** The run record that an agent's state file names as its newest. */
export function newestOf({ extra }: AgentRecord): Appended | undefined {
  const [, index, hash = ''] = /^(\d{1,9}) ([0-9a-f]{64})$/.exec(extra[NEWEST] ?? '') ?? []
  return index === undefined ? undefined : { index: Number(index), hash }
}

/** What a clone's state file keeps of what its original's says: who its parent is, and no run of that one. */
export function factsOfClone(facts: Record<string, string>, source: AgentRecord): Record<string, string> {
  const { [NEWEST]: _, ...rest } = facts
  return { ...rest, [PARENT]: [source.id, source.name, source.did ?? '-'].join(' ') }
}

/** Whom an agent was copied from. */
export function parentOf({ extra }: AgentRecord): RunPredicate['agent']['parent'] {
  const [id = '', name, did] = (extra[PARENT] ?? '').split(' ')
  return name === undefined ? null : { id, name, did: did?.startsWith('did:') ? did : null }
}
