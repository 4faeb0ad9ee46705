import type { Context } from '../context.ts'
import { liveness, type SeenAgent } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { sweepState } from '../state/sweep.ts'
import { settle } from './settle.ts'

/**
 * The agent of that name, brought in line with the world: what a command that died has begun is finished or taken back
 * first. Throws a {@link UserError} that suggests the nearest name if there is none.
 */
export async function settledAgent(context: Context, name: string): Promise<AgentRecord> {
  return (await settle(context, context.store.get(name))) ?? context.store.get(name)
}

/**
 * All agents, brought in line with the world first, in natural order. Damaged state files are reported and left out.
 * `isUp`: as {@link liveness} takes it.
 */
export async function settledAgents(
  context: Context,
  isUp?: Parameters<typeof liveness>[2],
): Promise<SeenAgent[]> {
  const { home, store, warn } = context
  sweepState(home)
  const agents: SeenAgent[] = []
  for (const record of store.all((problem) => warn(`${problem.message}; ${problem.fix}`))) {
    const state = liveness(record, home, isUp)
    const settled = await settle(context, record, 0, state)
    if (settled === record) agents.push({ record, state })
    else if (settled) agents.push({ record: settled, state: liveness(settled, home) })
  }
  return agents
}
