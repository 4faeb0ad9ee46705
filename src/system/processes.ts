import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

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
}

const onLinux = process.platform === 'linux'

/** When a live process started, or undefined if there is none (a zombie counts as none). With the pid it identifies a process; a pid alone doesn't. */
export function processStart(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  const info = onLinux ? readProcStat(pid) : listByPs(['-p', String(pid)])[0]
  return info && !info.zombie ? info.start : undefined
}

/** Whether the process that had this pid and start time still runs. */
export function isAlive(pid: number, start: string): boolean {
  return start !== '' && processStart(pid) === start
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

/** A process and everything below it, parents before children. */
export function processTree(pid: number, all: readonly ProcessInfo[] = listProcesses()): ProcessInfo[] {
  const children = Object.groupBy(all, (process) => process.ppid)
  const tree = all.filter((process) => process.pid === pid)
  for (const process of tree) tree.push(...(children[process.pid] ?? []))
  return tree
}

/** Sends a signal unless the process is gone. Returns whether it was there. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Identifies this boot of the machine: pids of another boot mean nothing. */
export function bootId(): string {
  if (onLinux) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim()
}

function readProcStat(pid: number): ProcessInfo | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  // Fields after the name, see proc_pid_stat(5): state ppid pgrp session … starttime (22nd).
  const fields = stat.slice(close + 2).split(' ')
  return {
    pid,
    ppid: Number(fields[1]),
    sid: Number(fields[3]),
    command: stat.slice(open + 1, close),
    start: fields[19] ?? '',
    zombie: fields[0] === 'Z' || fields[0] === 'X',
  }
}

function listByPs(select: string[]): ProcessInfo[] {
  let output: string
  try {
    output = execFileSync('/bin/ps', [...select, '-o', 'pid=,ppid=,sess=,state=,lstart=,comm='], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
    })
  } catch {
    return []
  }
  return output.split('\n').flatMap((line) => {
    const [pid, ppid, sid, state, ...rest] = line.trim().split(/\s+/)
    if (!pid || !state) return []
    return {
      pid: Number(pid),
      ppid: Number(ppid),
      sid: Number(sid),
      command: rest.slice(5).join(' '),
      start: rest.slice(0, 5).join(' '),
      zombie: state.startsWith('Z'),
    }
  })
}
