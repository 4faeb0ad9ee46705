import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import { settle } from './settle.ts'

/**
 * The agent of that name, brought in line with the world: what a command that died has begun is finished or taken back
 * first. Throws a {@link UserError} that suggests the nearest name if there is none.
 */
export async function settledAgent(context: Context, name: string): Promise<AgentRecord> {
  return (await settle(context, context.store.get(name))) ?? context.store.get(name)
}
