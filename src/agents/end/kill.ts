import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExternalCommandError, UserError } from '../../errors.ts'
import { endServer } from '../../tmux/session.ts'
import { closeUsersSession, withUsersProcess } from '../attach/users-session.ts'
import type { Context } from '../context.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { isFromBashTool, isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import { waitForEnd } from './alive.ts'
import { stopElsewhere } from './elsewhere.ts'
import { killLeftovers, signalInner, signalOnceUp } from './end-processes.ts'
import { tellWhenLogged } from './log-end.ts'
import { settleFound, settleLocked, unsettled } from './settle.ts'

/** How to end an agent. */
export interface KillOptions {
  /** The first signal. */
  signal: NodeJS.Signals
  /** Milliseconds until KILL. */
  graceMs: number
}

/** How long the launcher may take to record the end and drain the log once its agent's processes are gone. */
const RECORDING_TAKES_MS = 8_000

/** The error of an agent that was to be ended and has ended. */
export class NotRunning extends UserError {
  constructor(name: string) {
    super(`agent '${name}' is not running`, { fix: "'agentvm list' shows those that are" })
  }
}

/** Ends an agent's whole process tree. Throws a {@link UserError} if it isn't running or something survives. */
export async function killAgent(context: Context, name: string, options: KillOptions): Promise<AgentRecord> {
  context.store.get(name)
  return context.store.exclusively(name, async () => {
    const record = await settleLocked(context, name)
    if (!record || !isRunning(liveness(record, context.home))) throw new NotRunning(name)
    return killLocked(context, record, options)
  })
}

/** {@link killAgent} for a caller that holds the agent's lock and knows that it runs. */
export async function killLocked(
  context: Context,
  record: AgentRecord,
  options: KillOptions,
): Promise<AgentRecord> {
  const old = isFromBashTool(record)
  const target = old ? withUsersProcess(record) : record
  const runDir = context.home.runDir(record.id)
  if (existsSync(runDir)) writeFileSync(join(runDir, RUN_FILES.killed), '', { mode: 0o600 })
  // One that is being brought up runs nothing yet that could end by itself; its start, which we keep from going on, has failed.
  if (liveness(record, context.home) !== 'starting') await endGently(context, target, options)
  await stopElsewhere(context, record)
  const survivors = await killLeftovers(target)
  if (record.socket !== '' && existsSync(record.socket)) await endServer(record.socket)
  if (survivors.length > 0) {
    const pids = survivors.map(({ pid }) => pid).join(', ')
    throw new ExternalCommandError(
      ['kill', '-KILL', pids],
      `agent '${record.name}': processes ${pids} don't end`,
    )
  }
  const ended = old ? await closeUsersSession(context, record) : undefined
  await context.extensions.notify('agentvm:kill', { agent: agentSummary(record) })
  return ended ?? (await settleKilled(context, record)) ?? record
}

/** It is killed, also where the disk doesn't take that: {@link RUN_FILES.killed} tells it to a later look. */
async function settleKilled(context: Context, record: AgentRecord): Promise<AgentRecord | undefined> {
  try {
    return await settleFound(context, record)
  } catch (error) {
    return unsettled(context, record.name, error as Error)
  }
}

/** Signals the agent's own processes, KILL after the grace, and lets the launcher record how that ended. */
async function endGently(
  context: Context,
  record: AgentRecord,
  { signal, graceMs }: KillOptions,
): Promise<void> {
  const stop = tellWhenLogged(record, context.home.runDir(record.id))
  try {
    await signalOnceUp(record, signal)
    if (await endedWithin(context, record, graceMs)) return
    await signalInner(record, 'SIGKILL')
    await endedWithin(context, record, RECORDING_TAKES_MS)
  } finally {
    stop()
  }
}

async function endedWithin(context: Context, record: AgentRecord, ms: number): Promise<boolean> {
  try {
    await waitForEnd(record, context.home, AbortSignal.timeout(Math.max(ms, 1)))
    return true
  } catch {
    return false
  }
}
