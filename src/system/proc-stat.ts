import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { ProcessInfo } from './processes.ts'

/** Types of entries in the auxiliary vector, see getauxval(3). */
const AT_PAGESZ = 6n
const AT_CLKTCK = 17n

// One buffer for all reads: a look at every process of the machine is repeated every other second.
const buffer = Buffer.allocUnsafe(4096)
let auxiliary: Map<bigint, number> | undefined

/** One process of Linux, from `/proc/<pid>/stat`; undefined if there is none. */
export function readProcStat(pid: number): ProcessInfo | undefined {
  const stat = readSmallFile(`/proc/${pid}/stat`)
  return stat === undefined ? undefined : parseProcStat(pid, stat)
}

/** Reads a line of proc_pid_stat(5). The executable's name stands in parentheses and may hold anything, also those. */
export function parseProcStat(pid: number, stat: string): ProcessInfo {
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  // What follows the name begins with the third field: state ppid pgrp session …
  const fields = stat.slice(close + 2).split(' ', 22)
  const field = (number: number) => Number(fields[number - 3])
  const ms = (ticks: number) => (ticks * 1000) / clockTicks()
  const waited = field(16) + field(17)
  return {
    pid,
    ppid: field(4),
    sid: field(6),
    command: stat.slice(open + 1, close),
    start: fields[19] ?? '',
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    cpuMs: ms(field(14) + field(15) + waited),
    waitedCpuMs: ms(waited),
    threads: field(20),
    rssBytes: field(24) * pageBytes(),
  }
}

/** The first 4 KiB of a file of `/proc`, or undefined if it can't be read. */
export function readSmallFile(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, null))
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** Clock ticks a second, the unit of times in `/proc`. */
export function clockTicks(): number {
  return auxiliaryValue(AT_CLKTCK) ?? 100
}

function pageBytes(): number {
  return auxiliaryValue(AT_PAGESZ) ?? 4096
}

/** A value that the kernel gave this process at its start: pairs of native 64-bit words, little-endian on all that Node runs on. */
function auxiliaryValue(type: bigint): number | undefined {
  auxiliary ??= readAuxiliaryVector()
  return auxiliary.get(type)
}

function readAuxiliaryVector(): Map<bigint, number> {
  const values = new Map<bigint, number>()
  try {
    const vector = readFileSync('/proc/self/auxv')
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      values.set(vector.readBigUInt64LE(at), Number(vector.readBigUInt64LE(at + 8)))
    }
  } catch {
    // Not readable: the usual values are right nearly everywhere.
  }
  return values
}
