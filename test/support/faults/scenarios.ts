import type { FaultScenario } from './scenario.ts'
import { AGENT_SCENARIOS } from './scenarios/agents.ts'
import { IDENTITY_SCENARIOS } from './scenarios/identities.ts'
import { MESSAGE_SCENARIOS } from './scenarios/messages.ts'
import { PACKAGE_SCENARIOS } from './scenarios/packages.ts'
import { PROVENANCE_SCENARIOS } from './scenarios/provenance.ts'
import { SETTINGS_SCENARIOS } from './scenarios/settings.ts'
import { TRASH_SCENARIOS } from './scenarios/trash.ts'

/** What is attacked by faults: every command that changes something. */
export const FAULT_SCENARIOS: readonly FaultScenario[] = [
  ...AGENT_SCENARIOS,
  ...TRASH_SCENARIOS,
  ...MESSAGE_SCENARIOS,
  ...SETTINGS_SCENARIOS,
  ...IDENTITY_SCENARIOS,
  ...PROVENANCE_SCENARIOS,
  ...PACKAGE_SCENARIOS,
]
