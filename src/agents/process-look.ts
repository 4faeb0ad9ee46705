import { readFileSync } from 'node:fs'
import {
  agesNow,
  type Children,
  childrenOf,
  environmentValues,
  listProcesses,
  type ProcessInfo,
  withDescendants,
} from '../system/processes.ts'

/** Variables by which a process says whose it is. */
const AGENT = 'AGENTVM_AGENT_ID'
export const LAUNCHER = 'AGENTVM_LAUNCHER_ID'

/** A process so old no longer becomes another program that carries other marks: what brings an agent up is done by then. */
const SETTLED_SECONDS = 10

/** Marks of processes that have settled, by pid and start: one that lives on is asked once. */
const settled = new Map<string, Marks>()

type Marks = { [AGENT]?: string; [LAUNCHER]?: string }

/** All processes at one moment. */
export class ProcessLook {
  readonly processes: readonly ProcessInfo[] = listProcesses()
  private readonly byPid = new Map(this.processes.map((process) => [process.pid, process]))
  private readonly ageOf = agesNow()
  private children: Children | undefined
  private readonly statuses = new Map<number, string>()
  private marked: Record<keyof Marks, Map<string, ProcessInfo[]>> | undefined

  /** A process and everything below it, parents before children. */
  tree(pid: number): ProcessInfo[] {
    this.children ??= childrenOf(this.processes)
    return withDescendants(this.at(pid), this.children)
  }

  /** The processes that run in an agent, by the environment that they were started with. */
  of(id: string): readonly ProcessInfo[] {
    return this.byMarks()[AGENT].get(id) ?? []
  }

  /** Those that were started for an agent on the host, by the same. */
  for(id: string): readonly ProcessInfo[] {
    return this.byMarks()[LAUNCHER].get(id) ?? []
  }

  /** The process with that pid. */
  at(pid: number): ProcessInfo | undefined {
    return this.byPid.get(pid)
  }

  /** Whether the process that had this pid and start time was there. */
  isAlive(pid: number, start: string): boolean {
    const seen = this.byPid.get(pid)
    return seen !== undefined && !seen.zombie && start !== '' && seen.start === start
  }

  /** What proc_pid_status(5) said of a process when it was first asked for; empty if it is gone, and on macOS. */
  status(pid: number): string {
    const known = this.statuses.get(pid)
    if (known !== undefined) return known
    const status = readStatus(pid)
    this.statuses.set(pid, status)
    return status
  }

  private byMarks() {
    if (this.marked) return this.marked
    this.marked = { [AGENT]: new Map(), [LAUNCHER]: new Map() }
    for (const process of this.processes) {
      const marks = this.lookUp(process)
      for (const mark of [AGENT, LAUNCHER] as const) {
        const id = marks[mark]
        if (id === undefined) continue
        const known = this.marked[mark].get(id)
        if (known) known.push(process)
        else this.marked[mark].set(id, [process])
      }
    }
    return this.marked
  }

  private lookUp(process: ProcessInfo): Marks {
    // One without memory, as the kernel's own and the dead, has no environment.
    if (process.rssBytes === 0) return {}
    const key = `${process.pid}:${process.start}`
    const known = settled.get(key)
    if (known) return known
    const marks = environmentValues(process.pid, [AGENT, LAUNCHER])
    if (this.ageOf(process.start) > SETTLED_SECONDS) settled.set(key, marks)
    return marks
  }
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    return ''
  }
}

/** How long a look waits for the others that will want one. */
const GATHER_MS = 100

let next: { look: Promise<ProcessLook>; begin: () => void; wanted: number } | undefined
/** How many works are under way that come to want a look. */
let expected = 0

/**
 * Looks at all processes a moment after it is called. Calls that come together share the look: agents that are killed
 * at once don't each need their own.
 */
export function lookAtProcesses(): Promise<ProcessLook> {
  next ??= nextLook()
  next.wanted += 1
  beginIfAllWait()
  return next.look
}

/** Has looks wait, for a moment, until all of `count` works want one: as each ends, it calls what `fn` is given. */
export async function sharingLooks<T>(count: number, fn: (ended: () => void) => Promise<T>): Promise<T> {
  expected = count
  try {
    return await fn(() => {
      expected -= 1
      beginIfAllWait()
    })
  } finally {
    expected = 0
  }
}

function nextLook(): NonNullable<typeof next> {
  const { promise, resolve } = Promise.withResolvers<ProcessLook>()
  const look = () => {
    next = undefined
    resolve(new ProcessLook())
  }
  const timer = setTimeout(look, GATHER_MS)
  let begun = false
  const begin = () => {
    if (begun) return
    begun = true
    clearTimeout(timer)
    setImmediate(look)
  }
  return { look: promise, begin, wanted: 0 }
}

function beginIfAllWait(): void {
  if (next && next.wanted >= Math.max(expected, 1)) next.begin()
}
