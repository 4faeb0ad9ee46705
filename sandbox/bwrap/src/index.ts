import { defineSandbox, type SandboxBackend } from '@agentvm/sdk'
import { bridgeLacks } from './bridge.ts'
import { findHostFacts, type HostFacts } from './host-facts.ts'
import { probe, probeDependsOn } from './probe.ts'
import { wrap } from './wrap.ts'

/**
 * The backend over a machine's facts. The one to read for who writes a backend: what the machine is like is found out
 * once, `wrap` is a pure function of that and the policy, and `capabilities` claim no more than the kit's attacks show.
 */
export function createBackend(facts: HostFacts): SandboxBackend {
  return defineSandbox({
    id: 'bwrap',
    label: 'bubblewrap',
    platforms: ['linux'],
    rank: 100,
    capabilities: {
      isolates: true,
      relocatesPaths: true,
      network: ['host', 'none', 'allowlist'],
      networkLacks: bridgeLacks(facts),
      limits: ['tmpSize', 'shmSize', ...(facts.processBound ? (['processes'] as const) : [])],
      processes: 'contained',
      relocatable: true,
    },
    probe: () => probe(facts),
    probeDependsOn: () => probeDependsOn(facts),
    wrap: (policy, command) => wrap(policy, command, facts),
  })
}

export default createBackend(findHostFacts())
