import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../files.ts'
import type { CgroupParents, Controller } from './find.ts'

/** Bounds on everything in a group. 0 and a missing one mean none. */
export interface CgroupBounds {
  /** Bytes. */
  memory?: number | undefined
  /** Processes and threads. */
  processes?: number | undefined
  /** Cores. */
  cpus?: number | undefined
}

/** Microseconds in which the CPU time of a group is counted. */
const PERIOD_US = 100_000

const CONTROLLER_OF: Record<keyof CgroupBounds, Controller> = {
  memory: 'memory',
  processes: 'pids',
  cpus: 'cpu',
}

/**
 * Makes a group with these bounds and no process in it. Returns its folders (one for each controller in version 1), and
 * which bounds hold; one whose controller can't be used is left out.
 */
export function makeCgroup(
  parents: CgroupParents,
  name: string,
  bounds: CgroupBounds,
): { folders: string[]; holds: (keyof CgroupBounds)[] } {
  const folders = new Set<string>()
  const holds: (keyof CgroupBounds)[] = []
  for (const bound of Object.keys(CONTROLLER_OF) as (keyof CgroupBounds)[]) {
    const parent = parents.folders[CONTROLLER_OF[bound]]
    const value = bounds[bound]
    if (parent === undefined || !value) continue
    const folder = join(parent, name)
    try {
      makeFolder(folder)
      setBound(folder, bound, value, parents.version)
    } catch {
      if (!folders.has(folder)) removeCgroup([folder])
      continue
    }
    folders.add(folder)
    holds.push(bound)
  }
  return { folders: [...folders], holds }
}

/** The files by which a process enters a group: it writes 0 into each. */
export function entrances(folders: readonly string[]): string[] {
  return folders.map((folder) => join(folder, 'cgroup.procs'))
}

/** Whether a folder is that of a group which is there. */
export function isCgroup(folder: string): boolean {
  return existsSync(join(folder, 'cgroup.procs'))
}

/** Pids of all processes in a group. */
export function cgroupPids(folders: readonly string[]): number[] {
  const pids = folders.flatMap((folder) => (read(join(folder, 'cgroup.procs')) ?? '').split('\n'))
  return [...new Set(pids.filter((pid) => pid !== '').map(Number))]
}

/** Sends KILL to everything in a group at once where the kernel can, so that no fork escapes it. */
export function killCgroup(folders: readonly string[]): void {
  for (const folder of folders) {
    const killFile = join(folder, 'cgroup.kill')
    const noMoreForks = join(folder, 'pids.max')
    for (const [path, text] of [
      [killFile, '1'],
      [noMoreForks, '0'],
    ] as const) {
      if (existsSync(path)) attempt(() => writeFileSync(path, text))
    }
  }
  for (const pid of cgroupPids(folders)) attempt(() => process.kill(pid, 'SIGKILL'))
}

/** How often a group ran against its bounds. */
export interface CgroupEvents {
  /** Processes that the kernel has killed because memory was used up. */
  outOfMemory: number
  /** Forks that failed. */
  processLimit: number
}

/** What has happened in a group so far. */
export function cgroupEvents(folders: readonly string[]): CgroupEvents {
  const count = (files: string[], key: string) =>
    Math.max(
      0,
      ...folders.flatMap((folder) => files.map((file) => counterIn(read(join(folder, file)) ?? '', key))),
    )
  return {
    outOfMemory: count(['memory.events', 'memory.oom_control'], 'oom_kill'),
    processLimit: count(['pids.events'], 'max'),
  }
}

/** Removes a group. Returns whether it is gone: one with processes stays. */
export function removeCgroup(folders: readonly string[]): boolean {
  for (const folder of folders) attempt(() => rmdirSync(folder))
  return !folders.some((folder) => existsSync(folder))
}

/** {@link removeCgroup} without holding up what else this process does: the kernel takes its time. */
export async function removeCgroupLater(folders: readonly string[]): Promise<boolean> {
  const removed = await Promise.allSettled(folders.map((folder) => rmdir(folder)))
  return (
    removed.every(({ status }) => status === 'fulfilled') || !folders.some((folder) => existsSync(folder))
  )
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    // What an earlier start left, with its counters.
    attempt(() => rmdirSync(folder))
    if (!existsSync(folder)) mkdirSync(folder)
  }
}

function setBound(folder: string, bound: keyof CgroupBounds, value: number, version: 1 | 2): void {
  const write = (file: string, text: string | number) => writeFileSync(join(folder, file), String(text))
  const writeIfThere = (file: string, text: string | number) => {
    if (existsSync(join(folder, file))) attempt(() => write(file, text))
  }
  if (bound === 'processes') write('pids.max', value)
  else if (bound === 'memory' && version === 2) {
    write('memory.max', value)
    writeIfThere('memory.swap.max', 0)
  } else if (bound === 'memory') {
    write('memory.limit_in_bytes', value)
    writeIfThere('memory.memsw.limit_in_bytes', value)
  } else if (version === 2) write('cpu.max', `${Math.round(value * PERIOD_US)} ${PERIOD_US}`)
  else {
    write('cpu.cfs_period_us', PERIOD_US)
    write('cpu.cfs_quota_us', Math.round(value * PERIOD_US))
  }
}

function counterIn(text: string, key: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${key} `))
  return Number(line?.split(' ')[1] ?? 0)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {}
}
