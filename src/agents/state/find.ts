import type { Home } from '../../settings/home.ts'
import type { AgentRecord } from './record.ts'
import { AgentStore } from './store.ts'

/** The agent of that name. Throws a {@link UserError} that suggests the nearest name if there is none. */
export function findAgent(home: Home, name: string): AgentRecord {
  return new AgentStore(home).get(name)
}
