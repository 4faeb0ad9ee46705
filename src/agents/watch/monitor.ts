import { setTimeout as sleep } from 'node:timers/promises'
import { aliveIn } from '../../system/processes.ts'
import type { Context } from '../context.ts'
import { settledAgents } from '../end/settled-agent.ts'
import { timestamp } from '../events.ts'
import { type AgentRow, currentRow } from '../report/view.ts'
import { recordsOf, type SeenAgent } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { measuredAgents } from '../usage/measured-agents.ts'
import { CPU_WINDOW_MS, type PsRow, usageRow } from '../usage/ps.ts'
import { type Usage, UsageMeter } from '../usage/usage-meter.ts'
import { OutputTails } from './output-tail.ts'

/** After the end of an agent nothing comes into its log any more, at the latest after this time. */
const LOG_ENDS_WITHIN_MS = 10_000

/** One agent as `watch --json` prints it. */
export interface WatchedAgent
  extends PsRow,
    Pick<AgentRow, 'created_at' | 'exit_code' | 'end_reason' | 'activity_reason'> {
  /** The last lines of its log, plain text. */
  output: string[]
}

/** All agents at one moment. */
export interface WatchSnapshot {
  time: string
  agents: WatchedAgent[]
}

/** Looks at all agents again and again, at little cost where nothing has changed. */
export class AgentMonitor {
  private readonly context: Context
  private readonly meter = new UsageMeter()
  private readonly tails: OutputTails
  private records: AgentRecord[] = []
  /** Agents that have ended stay as they are; a new start makes a new record. */
  private readonly ended = new WeakMap<AgentRecord, WatchedAgent>()

  /** `lines`: how much of each log to keep. */
  constructor(context: Context, options: { lines: number }) {
    this.context = context
    this.tails = new OutputTails(options.lines)
  }

  /** The record of an agent as the last look saw it. */
  record(id: string): AgentRecord | undefined {
    return this.records.find((record) => record.id === id)
  }

  /** Looks at all agents. CPU is what they used since the look before. */
  async look(): Promise<WatchSnapshot> {
    const listing = this.meter.list()
    const seen = await settledAgents(this.context, aliveIn(listing.processes))
    this.records = recordsOf(seen)
    const changing = seen.filter(({ record }) => !this.ended.has(record))
    const usages = this.meter.look(await measuredAgents(this.context, changing), listing)
    const tails = await this.tails.look(recordsOf(changing))
    const agents = await Promise.all(
      seen.map(
        async (agent) =>
          this.ended.get(agent.record) ??
          this.watched(agent, usages.get(agent.record.id), tails.get(agent.record.id) ?? []),
      ),
    )
    return { time: timestamp(), agents }
  }

  private async watched(
    { record, state }: SeenAgent,
    usage: Usage | undefined,
    output: string[],
  ): Promise<WatchedAgent> {
    const row = await currentRow(this.context, record, state)
    const { created_at, exit_code, end_reason, activity_reason } = row
    const agent = {
      ...usageRow(row, usage, { pss: false }),
      ...{ created_at, exit_code, end_reason, activity_reason, output },
    }
    if (Date.now() - Date.parse(record.endedAt ?? '') > LOG_ENDS_WITHIN_MS) this.ended.set(record, agent)
    return agent
  }

  /** A look every `intervalMs`, the first after a short window, so that it knows the CPU, until aborted. */
  async *snapshots(intervalMs: number, signal: AbortSignal): AsyncGenerator<WatchSnapshot> {
    await this.look()
    let pause = Math.min(CPU_WINDOW_MS, intervalMs)
    while (await sleepUnlessAborted(pause, signal)) {
      yield await this.look()
      pause = intervalMs
    }
  }
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}
