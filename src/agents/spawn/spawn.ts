import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { processStart } from '../../system/processes.ts'
import { tmuxConfig } from '../../tmux/config.ts'
import { startSession } from '../../tmux/session.ts'
import { attendIfNeeded } from '../attendant/attend.ts'
import { noteTerminal } from '../attendant/notify.ts'
import type { Context } from '../context.ts'
import { typeFirst } from '../delivery/type-first.ts'
import { recordEvent } from '../events.ts'
import { registerInBackground } from '../identity/registrar.ts'
import { requireRoom } from '../limits/room.ts'
import { logPipe } from '../log/rotation.ts'
import { openNetwork } from '../network/serve-agents.ts'
import { recordRunStart } from '../provenance/record-run.ts'
import type { RestartOptions } from '../restart/restart-step.ts'
import { forgetPrevious } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import type { FifoStock } from './fifo-stock.ts'
import { giveGo, whenWaiting } from './give-go.ts'
import { holdingInterrupts, type Interrupt, onInterrupt } from './interrupt.ts'
import { paneLauncher } from './launcher.ts'
import type { PreparedSpawn, SpawnRequest } from './plan.ts'
import { bringUp, type ReservedSpawn } from './reserve.ts'
import { RUN_FILES } from './run-files.ts'
import { makeSocketFolder } from './socket-folder.ts'
import { startFolder, writeStartFile, writeStartFiles } from './start-files.ts'
import { runPostSpawn } from './user-hooks.ts'

/** An agent that was started. */
export interface SpawnedAgent {
  record: AgentRecord
  prepared: PreparedSpawn
}

/** Starts an agent in a tmux session of its own. When it returns, the agent runs and is on record; when it throws, nothing is left. */
export async function spawnAgent(context: Context, request: SpawnRequest): Promise<SpawnedAgent> {
  requireRoom(1)
  const interrupt = onInterrupt()
  try {
    const spawned = await startAgent(context, request, interrupt)
    interrupt.stop()
    await afterStart(context, spawned, 'spawn')
    return spawned
  } finally {
    interrupt.stop()
  }
}

/**
 * {@link spawnAgent} for a caller that holds signals back itself, because it starts several agents, and may have their
 * FIFOs in stock. With `restart` it starts a known agent again.
 */
export async function spawnUntil(
  context: Context,
  request: SpawnRequest,
  interrupt: Interrupt,
  restart?: RestartOptions,
  fifos?: FifoStock,
): Promise<SpawnedAgent> {
  const spawned = await startAgent(context, request, interrupt, restart, fifos)
  await afterStart(context, spawned, restart ? 'restart' : 'spawn', interrupt.signal)
  return spawned
}

async function startAgent(
  context: Context,
  request: SpawnRequest,
  interrupt: Interrupt,
  restart?: RestartOptions,
  fifos?: FifoStock,
): Promise<SpawnedAgent> {
  interrupt.check()
  const start = (spawn: ReservedSpawn) => startInPane(context, spawn, interrupt.check, fifos)
  try {
    return await bringUp(context, request, start, restart)
  } catch (error) {
    // On a terminal Ctrl-C also ends the programs that we run just then: their failure is no news.
    interrupt.check()
    throw error
  }
}

async function startInPane(
  context: Context,
  spawn: ReservedSpawn,
  checkInterrupt: () => void,
  fifos: FifoStock | undefined,
): Promise<AgentRecord> {
  const { prepared, record, policy, wrapped, bounds, enforcement } = spawn
  const runDir = context.home.runDir(record.id)
  const cwd = startFolder(policy, prepared.backend.capabilities.relocatesPaths)
  const launcher = paneLauncher({
    ...{
      wrapped,
      cwd,
      runDir,
      bounds,
      id: record.id,
      logFile: record.logFile,
      eventsFile: context.home.events,
    },
    endMark: randomBytes(6).toString('hex'),
  })
  writeStartFiles({
    ...{ wrapped, cwd, runDir, bounds, policy, launcher, enforcement, name: record.name },
    sources: prepared.sources,
  })
  const mostBytes = policy.limits.logSize ?? 0
  writeStartFile(runDir, RUN_FILES.logPipe, logPipe({ runDir, logFile: record.logFile, mostBytes }))
  const settings = { detachKey: context.settings.detachKey, terminal: 'tmux-256color' }
  writeStartFile(runDir, RUN_FILES.tmuxConfig, tmuxConfig(settings))
  makeSocketFolder(record.socket)
  await fifos?.give(runDir)
  checkInterrupt()
  const pid = await startSession(record, {
    config: join(runDir, RUN_FILES.tmuxConfig),
    launcher: join(runDir, RUN_FILES.launcher),
    pipe: join(runDir, RUN_FILES.logPipe),
    ...{ cwd: runDir, agentId: record.id },
  })
  const pidStart = processStart(pid)
  if (pidStart === undefined) {
    throw new UserError('the launcher of the agent ended at once', {
      fix: "'agentvm doctor' checks tmux and the shell",
      exitCode: 125,
    })
  }
  checkInterrupt()
  await whenWaiting(runDir, { pid, start: pidStart })
  const { AGENT_NEW_WORKSPACE: _, ...extra } = record.extra
  const started = await recordRunStart(context, spawn, { ...record, pid, pidStart, extra })
  await context.store.saveAlongside({ ...started, extra: { ...record.extra, ...started.extra } })
  await openNetwork(context, started)
  await giveGo(
    runDir,
    { pid, start: pidStart },
    wrapped.fds.map(({ file }) => file),
  )
  return started
}

/** What follows once the agent runs: a failure here is said, and doesn't undo the spawn. */
async function afterStart(
  context: Context,
  { record, prepared }: SpawnedAgent,
  event: 'spawn' | 'restart',
  signal?: AbortSignal,
): Promise<void> {
  forgetPrevious(context.home, record)
  registerInBackground(context, record)
  try {
    recordEvent(context.home, event, record)
    await typeFirst(context, record, prepared, signal)
  } catch (error) {
    context.warn(`agent '${record.name}' runs, but: ${(error as Error).message}`)
  }
  noteTerminal(context, record)
  attendIfNeeded(context, [record])
  await holdingInterrupts((held) => runPostSpawn(context, record, held))
  await context.extensions.notify('agentvm:spawn:after', { agent: agentSummary(record) })
}
