import type { PreparedSpawn } from './plan.ts'

/** A plan for people and scripts: no value of the environment, only the names. */
export function describePlan({ plan, backend, changes }: PreparedSpawn): Record<string, unknown> {
  const { env, ...rest } = plan
  return {
    ...rest,
    env: Object.keys(env).sort(),
    isolated: backend.capabilities.isolates,
    not_enforced: ['memory', 'processes', 'cpus'].filter(
      (limit) => !backend.capabilities.limits.some((name) => name === limit),
    ),
    changed_by: changes,
  }
}
