import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import type { AgentRecord } from '../record.ts'
import { measuredAgents } from '../usage/measured-agents.ts'
import { CPU_WINDOW_MS, type PsRow, usageRow } from '../usage/ps.ts'
import { UsageMeter } from '../usage/usage-meter.ts'
import { type AgentRow, currentRow, settledRecords } from '../view.ts'
import { OutputTails } from './output-tail.ts'

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
    this.records = await settledRecords(this.context)
    const usages = this.meter.look(await measuredAgents(this.context, this.records))
    const tails = await this.tails.look(this.records)
    const rows = await Promise.all(this.records.map((record) => currentRow(this.context, record)))
    return {
      time: timestamp(),
      agents: rows.map((row) => {
        const { id, created_at, exit_code, end_reason, activity_reason } = row
        return {
          ...usageRow(row, usages.get(id), { pss: false }),
          ...{ created_at, exit_code, end_reason, activity_reason },
          output: tails.get(id) ?? [],
        }
      }),
    }
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
