import { Interrupted } from '../../errors.ts'
import type { Context } from '../context.ts'
import { throwIfSingle } from '../each.ts'
import { onInterrupt } from '../spawn/interrupt.ts'
import type { AgentRecord } from '../state/record.ts'
import { restartAgents } from './restart.ts'

/** Starts a clone as its original was started. Returns its record. Throws why it can't be; the clone stays. */
export async function startClone(context: Context, clone: AgentRecord): Promise<AgentRecord> {
  const interrupt = onInterrupt()
  try {
    const outcomes = await restartAgents(context, [clone.name], { fresh: false, replay: false })
    const [outcome] = throwIfSingle(outcomes)
    return outcome?.ok ? outcome.value.record : clone
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(`interrupted before '${clone.name}' was started: it is whole, and does not run`, {
      ...{ signal: interrupt.signal.reason, fix: `agentvm restart ${clone.name}`, cause: error },
    })
  } finally {
    interrupt.stop()
  }
}
