import type { Context } from '../context.ts'
import { findLimitMechanism, limitsOf, mechanismName } from '../limits/mechanism.ts'
import type { CheckResult } from './check.ts'

/** Checks what bounds agents here, and says what can't be bounded for an agent as a whole. */
export async function checkAgentLimits(context: Context): Promise<CheckResult> {
  const name = 'agent limits'
  const mechanism = await findLimitMechanism(context)
  const kept = limitsOf(mechanism)
  const lacking = (['memory', 'processes', 'cpus'] as const).filter((limit) => !kept.includes(limit))
  if (lacking.length === 0) return { name, status: 'ok', message: `kept by ${mechanismName(mechanism)}` }
  return {
    name,
    status: 'warning',
    message: `${lacking.join(', ')}: no control group for an agent as a whole, bounded by process where that is possible`,
    fix: 'start agentvm in a login session of systemd (loginctl enable-linger keeps it)',
  }
}
