import type { SandboxBackend } from '@agentvm/sdk'
import { bridgeLacks } from './bridge.ts'
import { removeContainer } from './containers.ts'
import { findHostFacts, type HostFacts } from './host-facts.ts'
import { probe } from './probe.ts'
import { prepare } from './rootfs.ts'
import { keepsLimits, wrap } from './wrap.ts'

/** The backend over a machine's facts. */
export function createBackend(facts: HostFacts): SandboxBackend {
  return {
    id: 'podman',
    label: 'podman',
    platforms: ['linux'],
    rank: 50,
    capabilities: {
      isolates: true,
      relocatesPaths: true,
      network: ['host', 'none', 'allowlist'],
      networkLacks: bridgeLacks(facts),
      limits: [
        ...(['tmpSize', 'shmSize'] as const),
        ...(keepsLimits(facts) ? (['memory', 'processes', 'cpus'] as const) : []),
      ],
      processes: 'best-effort',
      relocatable: true,
    },
    probe: () => probe(facts),
    prepare,
    wrap: (policy, command, folder) => wrap(policy, command, facts, folder),
    stop: ({ agentId }) => removeContainer(agentId, facts),
    reap: (agentId) => removeContainer(agentId, facts),
  }
}

export default createBackend(findHostFacts())
