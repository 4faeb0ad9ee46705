import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { readIfExists, writeFileAtomic } from '../../system/files.ts'
import { processStart } from '../../system/processes.ts'
import { signalExitCode } from '../../system/signals.ts'
import type { Context } from '../context.ts'
import { stopElsewhere } from '../end/elsewhere.ts'
import { killLeftovers, leavesNothing, signalInner } from '../end/end-processes.ts'
import { settleLocked } from '../end/settle.ts'
import { recordEvent, timestamp } from '../events.ts'
import { registerInBackground } from '../identity/registrar.ts'
import { reasonOfEnd } from '../limits/end-cgroup.ts'
import { RotatingWriter } from '../log/rotating-writer.ts'
import { openNetwork } from '../network/serve-agents.ts'
import { recordRunEnd, recordRunStart } from '../provenance/record-run.ts'
import { onInterrupt } from '../spawn/interrupt.ts'
import type { PreparedSpawn, SpawnRequest } from '../spawn/plan.ts'
import { recoverSpawn } from '../spawn/recover.ts'
import { bringUp, type ReservedSpawn } from '../spawn/reserve.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { runPostSpawn } from '../spawn/user-hooks.ts'
import { forgetPrevious } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import { launchPiped, letGo, type PipedChild } from './launch-piped.ts'
import { passStreams, type Reporting, type RunStreams } from './pass-streams.ts'
import { RunReport } from './run-report.ts'

/** How to run. */
export interface RunOptions {
  /** Milliseconds; undefined for no limit. */
  timeoutMs: number | undefined
  /** Leave the agent on record, with workspace and log, when it has ended. */
  keep: boolean
  graceMs: number
}

interface StartedRun {
  record: AgentRecord
  prepared: PreparedSpawn
  child: PipedChild
  spawn: ReservedSpawn
}

/** Runs one agent without a terminal, from start to end, and returns its exit code. Ctrl-C and SIGTERM end it. What it leaves is removed unless `keep`. */
export async function runAgent(
  context: Context,
  request: SpawnRequest,
  streams: RunStreams,
  options: RunOptions,
): Promise<number> {
  const interrupt = onInterrupt()
  try {
    const { record, prepared, child, spawn } = await startRun(context, request, streams, options.keep)
    recordEvent(context.home, 'spawn', record)
    registerInBackground(context, record)
    await context.extensions.notify('agentvm:spawn:after', { agent: agentSummary(record) })
    const log = new RotatingWriter(record.logFile, spawn.policy.limits.logSize ?? 0)
    const ending = supervise(record, child.process, options, interrupt.signal)
    const hook = runPostSpawn(context, record, interrupt.signal)
    const reporting = reportingOf(record, prepared, streams)
    const streamed = passStreams(child, log, streams, { stdinPrompt: prepared.stdinPrompt, reporting })
    const outcome = await ending
    await Promise.all([streamed, hook])
    const ended = await finish(context, record, spawn, outcome, options)
    return reporting ? await reportEnd(reporting, ended) : exitCodeOf(ended)
  } finally {
    interrupt.stop()
  }
}

/** How the run's output becomes events, if it is to. */
function reportingOf(
  record: AgentRecord,
  { profile, command }: PreparedSpawn,
  { events: sink }: RunStreams,
): Reporting | undefined {
  const read = command ? undefined : profile?.headless?.events?.read
  if (!sink || !(sink.always || read)) return undefined
  return { sink, read, report: new RunReport({ agent: record.name, profile: profile?.name ?? null }) }
}

/** Reports how a run ended. Returns its exit code. */
async function reportEnd({ report, sink }: Reporting, { code, problem }: Ended): Promise<number> {
  const events = report.end(code, problem?.what ?? null)
  for (const event of events) await sink.take(event)
  return report.exitCode(code)
}

/** Throws what we ended it for. */
function exitCodeOf({ code, problem }: Ended): number {
  if (problem) throw problem
  return code
}

async function startRun(
  context: Context,
  request: SpawnRequest,
  streams: RunStreams,
  keep: boolean,
): Promise<StartedRun> {
  let started: { child: PipedChild; spawn: ReservedSpawn } | undefined
  const brought = await bringUp(context, request, async (spawn) => {
    const { prepared, policy, wrapped, bounds, enforcement } = spawn
    const child = await launchPiped({
      ...{ backend: prepared.backend, policy, wrapped, name: request.name },
      ...{ sources: prepared.sources, bounds, enforcement },
      runDir: context.home.runDir(spawn.record.id),
      input: streams.stdin !== null || prepared.stdinPrompt !== undefined,
    })
    started = { child, spawn }
    return putOnRecord(context, spawn, child, keep)
  })
  if (!started) throw new UserError('the run did not start', { exitCode: 125 })
  return { ...brought, ...started }
}

async function putOnRecord(
  context: Context,
  spawn: ReservedSpawn,
  child: PipedChild,
  keep: boolean,
): Promise<AgentRecord> {
  const { record, undo } = spawn
  undo.add(() => {
    child.process.kill('SIGKILL')
  })
  const { pid } = child.process
  const pidStart = pid === undefined ? undefined : processStart(pid)
  if (pid === undefined || pidStart === undefined) {
    throw new UserError('the launcher of the run did not come up', { exitCode: 125 })
  }
  const extra = keep ? {} : { ...record.extra, AGENT_THROWAWAY: 'true' }
  const started = await recordRunStart(context, spawn, { ...record, pid, pidStart, extra })
  context.store.save(started)
  await openNetwork(context, started)
  letGo(child)
  return started
}

type Outcome = { code: number; interrupted?: NodeJS.Signals; timedOut?: boolean }

/** Waits for the child, and ends the agent on a signal to us or when the time is up. */
async function supervise(
  record: AgentRecord,
  child: ChildProcess,
  { timeoutMs, graceMs }: RunOptions,
  interruption: AbortSignal,
): Promise<Outcome> {
  let outcome: Outcome = { code: 1 }
  let killTimer: NodeJS.Timeout | undefined
  const end = (why: Partial<Outcome>) => {
    outcome = { ...outcome, ...why }
    void signalInner(record, 'SIGTERM')
    killTimer ??= setTimeout(() => {
      void signalInner(record, 'SIGKILL').then(() => child.kill('SIGKILL'))
    }, graceMs)
  }
  const onSignal = (signal: NodeJS.Signals) => void end({ interrupted: signal })
  const onPipe = () => void end({ interrupted: 'SIGPIPE' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, onSignal)
  process.stdout.once('error', onPipe)
  // What came before these listened.
  if (interruption.aborted) end({ interrupted: interruption.reason })
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => void end({ timedOut: true }), timeoutMs)
  try {
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    const [code, signal] = hasEnded ? [child.exitCode, child.signalCode] : await once(child, 'exit')
    return { ...outcome, code: code ?? signalExitCode(signal ?? 'SIGTERM') }
  } finally {
    clearTimeout(timer)
    clearTimeout(killTimer)
    process.stdout.off('error', onPipe)
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/** The exit code that we end with, and the reason where we ended the run. */
type Ended = { code: number; problem?: UserError }

/** Records how the run ended, or removes it. */
async function finish(
  context: Context,
  record: AgentRecord,
  { wrapped, prepared: { backend } }: ReservedSpawn,
  outcome: Outcome,
  { keep }: RunOptions,
): Promise<Ended> {
  const runDir = context.home.runDir(record.id)
  const begun =
    wrapped.status === undefined ||
    (readIfExists(join(runDir, RUN_FILES.status)) ?? '').includes(wrapped.status.startedWhen)
  const code = begun || outcome.interrupted || outcome.timedOut ? outcome.code : 125
  await stopElsewhere(context, record)
  const isContained = backend.capabilities.processes === 'contained' && !backend.stop
  if (!(isContained && (await leavesNothing(record)))) await killLeftovers(record)
  await context.store.exclusively(record.name, async () => {
    if (!context.store.read(record.name)) return
    const reason = reasonOfEnd(code, record.cgroup)
    writeFileAtomic(join(runDir, RUN_FILES.exit), `code=${code}\nat=${timestamp()}\nreason=${reason}\n`)
    if (keep) {
      forgetPrevious(context.home, record)
      await settleLocked(context, record.name)
    } else {
      const ended: AgentRecord = { ...record, exitCode: code, endedAt: timestamp(), endReason: reason }
      await recordRunEnd(context, ended)
      recordEvent(context.home, 'exit', ended)
      await recoverSpawn(context, record, { ended: true })
    }
  })
  if (outcome.timedOut) {
    const what = 'the run took longer than --timeout allows, and was ended'
    return { code: 124, problem: new UserError(what, { exitCode: 124 }) }
  }
  return { code: outcome.interrupted ? signalExitCode(outcome.interrupted) : code }
}
