import type { IdentityMode, IdentitySubject } from '@agentvm/sdk'
import type { Home } from '../../settings/home.ts'
import type { AgentRecord } from '../state/record.ts'
import { identityMode } from './identity-state.ts'
import { readKeyHistory } from './key-history.ts'

/** An agent, as its identity's provider sees it. */
export function identitySubject(home: Home, record: AgentRecord, mode?: IdentityMode): IdentitySubject {
  const { id, name, home: agentHome, did } = record
  return {
    ...{ id, name, home: agentHome, keys: home.identityDir(id) },
    mode: mode ?? identityMode(record) ?? 'socket',
    ...(did === undefined ? {} : { did }),
    // A revoked key's signatures are not to be taken for good by git, either.
    past: readKeyHistory(home, id).keys.flatMap(({ did, valid_until, status }) =>
      valid_until === null || status === 'revoked' ? [] : [{ did, until: valid_until }],
    ),
  }
}
