import { constants } from 'node:os'
import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { forEachAgent, type Outcome } from '../each.ts'
import { sharingLooks } from '../process-look.ts'
import { type KillOptions, killAgent } from './kill.ts'

/** An agent that was killed, as `--json` prints it. */
export interface Killed {
  killed: true
  exit_code: number | null
}

/** Ends several agents at once. One that can't be ended doesn't keep the others from it. */
export async function killAgents(
  context: Context,
  names: readonly string[],
  options: KillOptions,
  onDone?: (outcome: Outcome<Killed>) => void,
): Promise<Outcome<Killed>[]> {
  const kill = async (name: string): Promise<Killed> => {
    const { exitCode } = await killAgent(context, name, options)
    return { killed: true, exit_code: exitCode ?? null }
  }
  return sharingLooks(names.length, (ended) =>
    forEachAgent(names, kill, {
      onDone: (outcome) => {
        ended()
        onDone?.(outcome)
      },
    }),
  )
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
