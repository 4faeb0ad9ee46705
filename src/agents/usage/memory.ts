import type { Context } from '../context.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { measuredAgents } from './measured-agents.ts'
import { pssBytes } from './pss.ts'
import { UsageMeter } from './usage-meter.ts'

/** What one agent takes now, apart from CPU: that needs two looks. Null if it doesn't run. */
export interface AgentMemory {
  processes: number | null
  rss_kb: number | null
  /** Memory with shared pages divided among those that share them. */
  pss_kb: number | null
  uptime_seconds: number | null
}

/** Measures one agent. */
export async function agentMemory(context: Context, record: AgentRecord): Promise<AgentMemory> {
  const usage = new UsageMeter()
    .look(await measuredAgents(context, [{ record, state: liveness(record, context.home) }]))
    .get(record.id)
  const pss = usage ? pssBytes(usage.pids) : null
  return {
    processes: usage?.processes ?? null,
    rss_kb: usage ? Math.round(usage.rssBytes / 1024) : null,
    pss_kb: pss === null ? null : Math.round(pss / 1024),
    uptime_seconds: usage ? Math.floor(usage.uptimeSeconds) : null,
  }
}
