import type { Context } from '../context.ts'
import { throwIfSingle } from '../each.ts'
import type { AgentRecord } from '../state/record.ts'
import { restartAgents } from './restart.ts'

/** Starts a clone as its original was started. Returns its record. Throws why it can't be; the clone stays. */
export async function startClone(context: Context, clone: AgentRecord): Promise<AgentRecord> {
  const [outcome] = throwIfSingle(await restartAgents(context, [clone.name], { fresh: false, replay: false }))
  return outcome?.ok ? outcome.value.record : clone
}
