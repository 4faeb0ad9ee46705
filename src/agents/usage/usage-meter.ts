import type { SandboxStats } from '@agentvm/sdk'
import { agesNow, listProcesses, type ProcessInfo } from '../../system/processes.ts'
import { AgentProcesses, type ProcessOwner } from './agent-processes.ts'

/** An agent to measure. */
export interface MeasuredAgent extends ProcessOwner {
  /** Figures of processes that aren't children of the launcher, where the backend has such. */
  elsewhere?: SandboxStats
}

/** What one agent uses. */
export interface Usage {
  /** Percent of one core since the look before; null at the first look. */
  cpuPct: number | null
  /** Resident memory, bytes. */
  rssBytes: number
  processes: number
  /** Seconds since the launcher started. */
  uptimeSeconds: number
  /** The processes on this machine. */
  pids: number[]
}

/** What a look saw. */
export interface MeterLook {
  /** By the meter's clock. */
  at: number
  /** CPU time of each agent so far, milliseconds, by `pid:start` of its launcher. */
  cpuMs: ReadonlyMap<string, number>
}

/** All processes at one moment, by the meter's clock. */
export interface ProcessListing {
  at: number
  processes: ProcessInfo[]
}

/** How a meter sees the world. */
export interface MeterWorld {
  processes: () => ProcessInfo[]
  /** Milliseconds of a clock that never jumps, and is the same in all processes. */
  now: () => number
  /** CPU time of a process of the listing, milliseconds. */
  cpuMs: (process: ProcessInfo) => number
}

/** This machine. */
export const REAL_WORLD: MeterWorld = {
  processes: listProcesses,
  cpuMs: ({ cpuMs }) => cpuMs,
  now: () => Number(process.hrtime.bigint() / 1000n) / 1000,
}

/** Measures agents, all from one look at the system's processes; CPU by comparing with the look before, of which `last` may be one that another process took. */
export class UsageMeter {
  private readonly world: MeterWorld
  private readonly processes = new AgentProcesses()
  private last: MeterLook | undefined

  constructor(world: MeterWorld = REAL_WORLD, last?: MeterLook) {
    this.world = world
    this.last = last
  }

  /** The newest look; undefined before the first. */
  get lastLook(): MeterLook | undefined {
    return this.last
  }

  /** All processes now. */
  list(): ProcessListing {
    return { at: this.world.now(), processes: this.world.processes() }
  }

  /** Measures each agent whose launcher lives; the others are left out. */
  look(agents: readonly MeasuredAgent[], { at, processes } = this.list()): Map<string, Usage> {
    const groups = this.processes.group(agents, processes)
    const age = agesNow()
    const samples = new Map<string, number>()
    const usages = new Map<string, Usage>()
    for (const agent of agents) {
      const tree = groups.get(agent) ?? []
      const launcher = tree.find(({ pid }) => pid === agent.pid)
      if (!launcher) continue
      // Not by the id: after a restart it counts from 0 again.
      const key = `${launcher.pid}:${launcher.start}`
      const cpuMs = sum(tree, this.world.cpuMs) + (agent.elsewhere?.cpuSeconds ?? 0) * 1000
      const uptimeSeconds = age(launcher.start)
      const alive = tree.filter(({ zombie }) => !zombie)
      samples.set(key, cpuMs)
      usages.set(agent.id, {
        cpuPct: this.percentSince(key, cpuMs, at, uptimeSeconds),
        rssBytes: sum(alive, ({ rssBytes }) => rssBytes) + (agent.elsewhere?.memory ?? 0),
        processes: alive.length + (agent.elsewhere?.processes ?? 0),
        uptimeSeconds,
        pids: alive.map(({ pid }) => pid),
      })
    }
    this.last = { at, cpuMs: samples }
    return usages
  }

  /**
   * The time that a tree has used includes that of its ended processes once their parents have waited for them, so
   * short-lived ones count. One that nobody of the tree waits for takes its time along: never less than 0.
   */
  private percentSince(key: string, cpuMs: number, at: number, uptimeSeconds: number): number | null {
    if (!this.last) return null
    const window = at - this.last.at
    const before = this.last.cpuMs.get(key) ?? (uptimeSeconds * 1000 <= window ? 0 : undefined)
    if (before === undefined || window <= 0) return null
    return Math.max(0, ((cpuMs - before) / window) * 100)
  }
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}
