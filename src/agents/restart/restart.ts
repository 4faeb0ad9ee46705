import { Interrupted } from '../../errors.ts'
import { startingMany } from '../../system/starting-many.ts'
import type { Context } from '../context.ts'
import { forEachAgent, type Outcome, STARTS_AT_ONCE } from '../each.ts'
import { type Interrupt, onInterrupt } from '../spawn/interrupt.ts'
import { spawnUntil } from '../spawn/spawn.ts'
import type { AgentRecord } from '../state/record.ts'
import { repeatRequest } from './repeat-request.ts'

/** How to start agents again. */
export interface RestartHow {
  /** With an emptied home; the workspace stays. */
  fresh: boolean
  /** With the stored prompt also where the conversation could be resumed. */
  replay: boolean
}

/** An agent that was started again. */
export interface Restarted {
  record: AgentRecord
  /** Whether it ran, and was ended first. */
  wasRunning: boolean
}

/** Starts agents again as they were started last, several at a time. Ctrl-C leaves each either started or as it was. */
export async function restartAgents(
  context: Context,
  names: readonly string[],
  how: RestartHow,
  onDone?: (outcome: Outcome<Restarted>) => void,
): Promise<Outcome<Restarted>[]> {
  const interrupt = onInterrupt()
  try {
    const restart = (name: string) => restartAgent(context, name, how, interrupt)
    const options = { limit: STARTS_AT_ONCE, ...(onDone ? { onDone } : {}) }
    return await startingMany(() => forEachAgent(names, restart, options))
  } finally {
    interrupt.stop()
  }
}

async function restartAgent(
  context: Context,
  name: string,
  { fresh, replay }: RestartHow,
  interrupt: Interrupt,
): Promise<Restarted> {
  const known = context.store.get(name)
  let wasRunning = false
  const request = { ...repeatRequest(context, known), resume: !fresh && !replay }
  const { record } = await spawnUntil(context, request, interrupt, {
    id: known.id,
    fresh,
    kill: { signal: 'SIGTERM', graceMs: context.settings.killGrace * 1000 },
    onKill: () => {
      wasRunning = true
    },
  }).catch((error: unknown) => {
    if (!wasRunning || !(error instanceof Interrupted)) throw error
    throw new Interrupted(`interrupted when agent '${name}' had been ended: it does not run now`, {
      ...{ signal: interrupt.signal.reason, fix: `agentvm restart ${name}`, cause: error },
    })
  })
  return { record, wasRunning }
}
