import type { Context } from '../context.ts'
import { decideBounds } from '../limits/bounds.ts'
import { findLimitMechanism, limitsOf } from '../limits/mechanism.ts'
import type { PreparedSpawn } from './plan.ts'
import { seedFacts } from './seed.ts'

/** A plan for people and scripts: no value of the environment, only the names. */
export async function describePlan(
  context: Context,
  { plan, backend, changes, seed, sources }: PreparedSpawn,
): Promise<Record<string, unknown>> {
  const { env, ...rest } = plan
  const grouped = limitsOf(await findLimitMechanism(context))
  const { gaps } = decideBounds(plan.limits, grouped, backend.capabilities.limits, sources)
  const { fromDir, fromGit, fromGitRef } = seedFacts(seed)
  return {
    ...rest,
    from_dir: fromDir ?? null,
    from_git: fromGit ?? null,
    from_git_ref: fromGitRef ?? null,
    env: Object.keys(env).sort(),
    isolated: backend.capabilities.isolates,
    not_enforced: gaps.map(({ limit }) => limit),
    changed_by: changes,
  }
}
