import { readStoredPolicy } from '../report/stored-policy.ts'

/** Bounds of an agent as a whole at its last start, as `ps --json` prints them; null for none. */
export interface LimitsInForce {
  /** Bytes. */
  memory_limit: number | null
  /** Processes and threads. */
  process_limit: number | null
  /** Cores. */
  cpu_limit: number | null
}

/** Reads them from the policy in an agent's run folder. A bound that isn't kept for the agent as a whole counts as none. */
export function limitsInForce(runDir: string): LimitsInForce {
  const { limits, enforcement } = readStoredPolicy(runDir) ?? { limits: {}, enforcement: { gaps: [] } }
  const gaps = enforcement.gaps.map(({ limit }) => limit)
  const kept = (name: 'memory' | 'processes' | 'cpus') => (gaps.includes(name) ? null : limits[name] || null)
  return { memory_limit: kept('memory'), process_limit: kept('processes'), cpu_limit: kept('cpus') }
}
