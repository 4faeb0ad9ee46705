import type { Context } from '../context.ts'
import type { Outcome } from '../each.ts'
import { settle } from '../end/settle.ts'
import type { AgentRecord } from '../state/record.ts'
import { sweepState } from '../state/sweep.ts'
import { type Restarted, restartAgents } from './restart.ts'
import { wentDown } from './went-down.ts'

/** The agents that ran when the machine went down and haven't been started since, in natural order. */
export async function agentsThatWentDown(context: Context): Promise<AgentRecord[]> {
  sweepState(context.home)
  const down: AgentRecord[] = []
  for (const record of context.store.all((problem) => context.warn(`${problem.message}; ${problem.fix}`))) {
    const settled = await settle(context, record)
    if (settled && wentDown(settled)) down.push(settled)
  }
  return down
}

/** Starts again what ran when the machine went down: conversations are resumed where that can be. */
export async function bringBack(
  context: Context,
  onDone?: (outcome: Outcome<Restarted>) => void,
): Promise<Outcome<Restarted>[]> {
  const names = (await agentsThatWentDown(context)).map(({ name }) => name)
  return restartAgents(context, names, { fresh: false, replay: false }, onDone)
}
