import type { PreparedSpawn } from './plan.ts'
import { seedFacts } from './seed.ts'

/** A plan for people and scripts: no value of the environment, only the names. */
export function describePlan({ plan, backend, changes, seed }: PreparedSpawn): Record<string, unknown> {
  const { env, ...rest } = plan
  const { fromDir, fromGit, fromGitRef } = seedFacts(seed)
  return {
    ...rest,
    from_dir: fromDir ?? null,
    from_git: fromGit ?? null,
    from_git_ref: fromGitRef ?? null,
    env: Object.keys(env).sort(),
    isolated: backend.capabilities.isolates,
    not_enforced: ['memory', 'processes', 'cpus'].filter(
      (limit) => !backend.capabilities.limits.some((name) => name === limit),
    ),
    changed_by: changes,
  }
}
