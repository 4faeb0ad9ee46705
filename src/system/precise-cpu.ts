import { readdirSync } from 'node:fs'
import { readSmallFile } from './proc-stat.ts'
import type { ProcessInfo } from './processes.ts'

/** Whether the kernel says here how long a thread has run to the nanosecond: Linux with `CONFIG_SCHED_INFO`, as distributions have it. */
export function isCpuPrecise(): boolean {
  return readSmallFile('/proc/self/schedstat') !== undefined
}

/**
 * `cpuMs` of a process of a listing as it is now, exact to a scheduler tick rather than to 10 ms; only what ended children took is
 * still counted in those. Read from `/proc/<pid>/schedstat`, the first number of which is a thread's time on a CPU in
 * nanoseconds (sched-stats in the kernel's documentation). As listed if the process has ended since.
 */
export function preciseCpuMs({ pid, cpuMs, waitedCpuMs, threads }: ProcessInfo): number {
  const files = threads > 1 ? threadsOf(pid).map((id) => `/proc/${pid}/task/${id}`) : [`/proc/${pid}`]
  const nanoseconds = files.map((file) => Number.parseInt(readSmallFile(`${file}/schedstat`) ?? '', 10))
  const known = nanoseconds.filter((value) => !Number.isNaN(value))
  if (known.length === 0) return cpuMs
  return waitedCpuMs + known.reduce((total, value) => total + value, 0) / 1e6
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}
