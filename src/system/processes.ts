import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { clockTicks, readProcStat, readSmallFile } from './proc-stat.ts'
import { listByPs, processByPs } from './ps-output.ts'

/** One process of the system. */
export interface ProcessInfo {
  pid: number
  ppid: number
  /** Session id (`setsid`). */
  sid: number
  /** Executable name as the kernel keeps it. */
  command: string
  /** When it started: clock ticks since boot on Linux, a date on macOS. Opaque: only for comparing. */
  start: string
  /** Whether it has ended but not been waited for. */
  zombie: boolean
  /** CPU time so far, milliseconds: its own, and on Linux that of the children which it has waited for. */
  cpuMs: number
  /** How much of `cpuMs` is that of such children. */
  waitedCpuMs: number
  /** 1 also on macOS, where it isn't known. */
  threads: number
  /** Resident memory, bytes. Pages that processes share count in each of them. */
  rssBytes: number
}

const onLinux = process.platform === 'linux'

/** When a live process started, or undefined if there is none (a zombie counts as none). With the pid it identifies a process; a pid alone doesn't. */
export function processStart(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  const info = onLinux ? readProcStat(pid) : processByPs(pid)
  return info && !info.zombie ? info.start : undefined
}

/** Whether the process that had this pid and start time still runs. */
export function isAlive(pid: number, start: string): boolean {
  return start !== '' && processStart(pid) === start
}

/** {@link isAlive} for many processes: those of a listing count as alive, others are looked at. */
export function aliveIn(all: readonly ProcessInfo[]): typeof isAlive {
  const starts = new Map(all.filter(({ zombie }) => !zombie).map(({ pid, start }) => [pid, start]))
  return (pid, start) => (start !== '' && starts.get(pid) === start) || isAlive(pid, start)
}

/** `pid:start` of this process: what a lock or a reservation names as its owner. */
export function ownIdentity(): string {
  return `${process.pid}:${processStart(process.pid) ?? ''}`
}

/** Whether the owner that {@link ownIdentity} wrote still runs. */
export function isOwnerAlive(identity: string): boolean {
  const [pid, ...start] = identity.split(':')
  return isAlive(Number(pid), start.join(':'))
}

/** All processes, from one look at the system. */
export function listProcesses(): ProcessInfo[] {
  if (!onLinux) return listByPs(['-A'])
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readProcStat(Number(entry)) ?? [])
}

/** Processes by their parents. */
export type Children = Partial<Record<number, ProcessInfo[]>>

/** The processes of a listing by their parents. */
export function childrenOf(all: readonly ProcessInfo[]): Children {
  return Object.groupBy(all, ({ ppid }) => ppid)
}

/** A process, if it is there, and everything below it, parents before children. */
export function withDescendants(root: ProcessInfo | undefined, children: Children): ProcessInfo[] {
  const tree = root ? [root] : []
  for (const process of tree) tree.push(...(children[process.pid] ?? []))
  return tree
}

/** The same, from one look at the system. */
export function processTree(pid: number): ProcessInfo[] {
  const all = listProcesses()
  return withDescendants(
    all.find((process) => process.pid === pid),
    childrenOf(all),
  )
}

/** A variable of the environment that a process was started with. Undefined also where that can't be read: other users' processes, macOS. */
export function environmentValue(pid: number, name: string): string | undefined {
  return environmentValues(pid, [name])[name]
}

/** Several such variables, from one look. */
export function environmentValues(pid: number, names: readonly string[]): Record<string, string> {
  if (!onLinux) return {}
  let environment: string
  try {
    environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`
  } catch {
    return {}
  }
  const values: Record<string, string> = {}
  for (const name of names) {
    const at = environment.indexOf(`\0${name}=`)
    if (at < 0) continue
    const start = at + name.length + 2
    const end = environment.indexOf('\0', start)
    values[name] = environment.slice(start, end < 0 ? undefined : end)
  }
  return values
}

/** Tells how many seconds ago processes started, from their `start`, by one look at the clock. */
export function agesNow(): (start: string) => number {
  const now = onLinux ? Number(readSmallFile('/proc/uptime')?.split(' ')[0]) : Date.now() / 1000
  const startedAt = onLinux
    ? (start: string) => Number(start) / clockTicks()
    : (start: string) => Date.parse(start) / 1000
  return (start) => Math.max(0, now - startedAt(start))
}

/** Sends a signal unless the process is gone. Returns whether it was there. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Sends a signal to all processes of a group that is still there. */
export function sendGroupSignal(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader !== undefined) sendSignal(-leader, signal)
}

/** Identifies this boot of the machine: pids of another boot mean nothing. */
export function bootId(): string {
  if (onLinux) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim()
}
