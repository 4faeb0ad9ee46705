import { totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isCpuPrecise, preciseCpuMs } from '../../system/precise-cpu.ts'
import { aliveIn } from '../../system/processes.ts'
import type { Context } from '../context.ts'
import { settledAgents } from '../end/settled-agent.ts'
import { type AgentRow, currentRow } from '../report/view.ts'
import { recordsOf, type SeenAgent } from '../state/liveness.ts'
import { rememberedLook, rememberLook } from './last-look.ts'
import { type LimitsInForce, limitsInForce } from './limits-in-force.ts'
import { measuredAgents } from './measured-agents.ts'
import { pssBytes } from './pss.ts'
import { type MeasuredAgent, type ProcessListing, REAL_WORLD, type Usage, UsageMeter } from './usage-meter.ts'
import { warnOfLarge } from './workspace-sizes.ts'

/** Time between two looks whose difference says something, milliseconds: in listings the kernel counts CPU time in steps of 10 ms. */
export const CPU_WINDOW_MS = 200

/** The same where CPU time is known to a scheduler tick, which is 1 to 10 ms. */
const PRECISE_WINDOW_MS = 35

/** With more processes on the machine, reading the precise time of each takes as long as the longer window. */
const PRECISE_UP_TO = 2000

/** What one agent uses, as `ps --json` prints it. The first names are the bash tool's. Figures are null for an agent that doesn't run. */
export interface PsRow {
  name: string
  status: AgentRow['status']
  pid: number | null
  /** Percent of one core. */
  cpu_pct: number | null
  /** Percent of the machine's memory. */
  mem_pct: number | null
  rss_kb: number | null
  /** Since the start of the launcher: `[[days-]hours:]minutes:seconds`, as ps writes it. */
  uptime: string | null
  uptime_seconds: number | null
  processes: number | null
  /** Memory with shared pages divided among those that share them; null unless asked for. */
  pss_kb: number | null
  id: string
  activity: AgentRow['activity']
  profile: string | null
  sandbox: string
  tags: Record<string, string>
}

/** A row of `ps`: what an agent uses, what it may use, and how it ended. */
export interface PsAgent extends PsRow, LimitsInForce {
  end_reason: AgentRow['end_reason']
  exit_code: number | null
}

/**
 * Measures all agents that run, over the time since the look before if that was a moment ago, else over a short window;
 * with `all` the dead ones are listed, too. Starts no process of its own on Linux, one on macOS.
 */
export async function listUsage(
  context: Context,
  options: { all: boolean; pss: boolean },
): Promise<PsAgent[]> {
  const before = rememberedLook(context, REAL_WORLD.now(), CPU_WINDOW_MS)
  const meter = new UsageMeter(REAL_WORLD, before)
  const listing = meter.list()
  const agents = await settledAgents(context, aliveIn(listing.processes))
  const measured = await beginMeasuring(context, meter, agents, listing)
  const rows = await Promise.all(
    agents.map(async ({ record, state }) => ({
      row: await currentRow(context, record, state),
      limits: limitsInForce(context.home.runDir(record.id)),
    })),
  )
  warnOfLarge(context, recordsOf(agents))
  const usages = await measured()
  return rows
    .map(({ row, limits }) => ({
      ...usageRow(row, usages.get(row.id), options),
      ...limits,
      ...{ end_reason: row.end_reason, exit_code: row.exit_code },
    }))
    .filter(({ status }) => options.all || status === 'running')
}

/**
 * Looks at what the agents use, and returns how to learn it. `listing`: the processes as they were a moment ago. Where no
 * command has looked before, a second look follows, a window later: what is done until then takes no time besides.
 */
async function beginMeasuring(
  context: Context,
  meter: UsageMeter,
  seen: readonly SeenAgent[],
  listing: ProcessListing,
): Promise<() => Promise<Map<string, Usage>>> {
  const agents = await measuredAgents(context, seen)
  if (agents.length === 0) return async () => new Map()
  const look = meter.lastLook
    ? async () => meter.look(agents, listing)
    : beginWindow(context, meter, seen, agents, listing)
  return async () => {
    const usages = await look()
    if (meter.lastLook) rememberLook(context, meter.lastLook)
    return usages
  }
}

/** Begins a short window, and returns how to end it. The meter itself has seen its end: it counts as listings do, as the next command will. */
function beginWindow(
  context: Context,
  meter: UsageMeter,
  seen: readonly SeenAgent[],
  agents: readonly MeasuredAgent[],
  { at: listedAt, processes }: ProcessListing,
): () => Promise<Map<string, Usage>> {
  const isPrecise = isCpuPrecise() && processes.length <= PRECISE_UP_TO
  const short = isPrecise ? new UsageMeter({ ...REAL_WORLD, cpuMs: preciseCpuMs }) : meter
  // A precise time is that of now, not of the listing.
  const at = isPrecise ? REAL_WORLD.now() : listedAt
  short.look(agents, { at, processes })
  return async () => {
    await sleep(Math.max(0, at + (isPrecise ? PRECISE_WINDOW_MS : CPU_WINDOW_MS) - REAL_WORLD.now()))
    const later = await measuredAgents(context, seen)
    const listing = meter.list()
    const usages = short.look(later, isPrecise ? { ...listing, at: REAL_WORLD.now() } : listing)
    if (isPrecise) meter.look(later, listing)
    return usages
  }
}

/** The row of one agent. */
export function usageRow(row: AgentRow, usage: Usage | undefined, options: { pss: boolean }): PsRow {
  const { name, status, pid, id, activity, profile, sandbox, tags } = row
  const pss = usage && options.pss ? pssBytes(usage.pids) : null
  return {
    ...{ name, status, pid },
    cpu_pct: usage?.cpuPct == null ? null : tenths(usage.cpuPct),
    mem_pct: usage ? tenths((usage.rssBytes / memoryOfMachine()) * 100) : null,
    rss_kb: usage ? Math.round(usage.rssBytes / 1024) : null,
    uptime: usage ? formatUptime(usage.uptimeSeconds) : null,
    uptime_seconds: usage ? Math.floor(usage.uptimeSeconds) : null,
    processes: usage?.processes ?? null,
    pss_kb: pss === null ? null : Math.round(pss / 1024),
    ...{ id, activity, profile, sandbox, tags },
  }
}

/** Seconds as `[[days-]hours:]minutes:seconds`. */
export function formatUptime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const clock = `${two((seconds / 60) % 60)}:${two(seconds % 60)}`
  if (days > 0) return `${days}-${two((seconds / 3600) % 24)}:${clock}`
  return seconds >= 3600 ? `${two(seconds / 3600)}:${clock}` : clock
}

let machineBytes: number | undefined

function memoryOfMachine(): number {
  machineBytes ??= totalmem()
  return machineBytes
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
