import { Interrupted, UserError } from '../../errors.ts'
import { attachAgent } from '../attach/attach.ts'
import type { Context } from '../context.ts'
import { waitForEnd } from '../end/alive.ts'
import { killAgent } from '../end/kill.ts'
import { settle } from '../end/settle.ts'
import { onInterrupt } from '../spawn/interrupt.ts'
import type { SpawnRequest } from '../spawn/plan.ts'
import { recoverSpawn } from '../spawn/recover.ts'
import { spawnAgent } from '../spawn/spawn.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { RunOptions } from './run.ts'

/**
 * `run --tty`: spawns the agent, connects the user's terminal, and returns the agent's exit code. Detaching ends it, and
 * so does a signal that ends us: a run doesn't outlive its caller. Throws an {@link Interrupted} then.
 */
export async function runInTerminal(
  context: Context,
  request: SpawnRequest,
  options: RunOptions,
): Promise<number> {
  const interrupt = onInterrupt()
  try {
    return await runAttached(context, request, options)
  } finally {
    interrupt.stop()
  }
}

async function runAttached(
  context: Context,
  request: SpawnRequest,
  { timeoutMs, keep, graceMs }: RunOptions,
): Promise<number> {
  const { record } = await spawnAgent(context, request)
  let timedOut = false
  let interruption: Interrupted | undefined
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          killAgent(context, record.name, { signal: 'SIGTERM', graceMs }).catch(() => {})
        }, timeoutMs)
  try {
    if (isRunning(liveness(record, context.home)))
      await attachAgent(context, record.name, { readOnly: false })
  } catch (error) {
    if (error instanceof Interrupted) interruption = error
    else if (isRunning(liveness(record, context.home))) throw error
  } finally {
    clearTimeout(timer)
    await endRun(context, record.name, graceMs)
  }
  await waitForEnd(record, context.home)
  const ended = (await settle(context, context.store.get(record.name))) ?? record
  if (!keep) await context.store.exclusively(record.name, () => recoverSpawn(context, ended))
  if (interruption) throw interruption
  if (timedOut)
    throw new UserError('the run took longer than --timeout allows, and was ended', { exitCode: 124 })
  return ended.exitCode ?? 1
}

/** Ends the agent if it still runs. It may end by itself at the same moment. */
async function endRun(context: Context, name: string, graceMs: number): Promise<void> {
  try {
    await killAgent(context, name, { signal: 'SIGTERM', graceMs })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
}
