import { constants } from 'node:os'
import { UserError } from '../errors.ts'
import type { Context } from './context.ts'
import { type KillOptions, killAgent } from './kill.ts'

/** What came of killing several agents. */
export interface KillOutcome {
  killed: { name: string }[]
  failed: { name: string; message: string }[]
}

/** Ends several agents at once. One that can't be ended doesn't keep the others from it; of a single one the error is thrown. */
export async function killAgents(
  context: Context,
  names: readonly string[],
  options: KillOptions,
): Promise<KillOutcome> {
  const settled = await Promise.allSettled(names.map((name) => killAgent(context, name, options)))
  const outcome: KillOutcome = { killed: [], failed: [] }
  for (const [index, result] of settled.entries()) {
    const name = names[index] ?? ''
    if (result.status === 'fulfilled') outcome.killed.push({ name })
    else if (names.length === 1) throw result.reason
    else outcome.failed.push({ name, message: (result.reason as Error).message })
  }
  return outcome
}

/** The signal of that name, with or without `SIG`. Throws a {@link UserError} if there is none. */
export function signalNamed(name: string): NodeJS.Signals {
  const full = `SIG${name.toUpperCase().replace(/^SIG/, '')}`
  if (full in constants.signals) return full as NodeJS.Signals
  throw new UserError(`there is no signal '${name}'`, {
    fix: 'use a name such as TERM, INT, HUP or KILL',
    exitCode: 2,
  })
}
