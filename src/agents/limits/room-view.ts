import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { readIfExists } from '../../system/files.ts'
import { readSmallFile } from '../../system/proc-stat.ts'

/** What the kernel says of this machine and this user. Made up by tests. */
export interface RoomView {
  /** The beginning of a file, or undefined. */
  read: (path: string) => string | undefined
  uid: number
  /** Whether this is a container: it has a process tree of its own. */
  inContainer: boolean
  /** `/proc/self/cgroup` and `/proc/self/mountinfo`. */
  groups: string
  mounts: string
  /** Processes and threads of this user. */
  userTasks: () => number
  /** User namespaces that this user's processes are in. */
  userNamespaces: () => number
}

/** The first process tree of a system has this number on every kernel. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

/** This machine as it is now. */
export function thisMachine(): RoomView {
  const uid = process.getuid?.() ?? -1
  return {
    ...{
      read: readSmallFile,
      uid,
      userTasks: () => countThreads(allPids(), uid),
      userNamespaces: countNamespaces,
    },
    inContainer: (link('/proc/self/ns/pid') ?? FIRST_PID_NAMESPACE) !== FIRST_PID_NAMESPACE,
    groups: readSmallFile('/proc/self/cgroup') ?? '',
    mounts: readIfExists('/proc/self/mountinfo') ?? '',
  }
}

/** Threads of processes: all, or those of one user. Processes that have ended count nothing. */
export function countThreads(pids: readonly (number | string)[], uid?: number): number {
  return pids.reduce<number>((sum, pid) => {
    const folder = statSync(`/proc/${pid}/task`, { throwIfNoEntry: false })
    if (!folder || (uid !== undefined && folder.uid !== uid)) return sum
    // A folder's links are its own two and one of each folder in it.
    return sum + folder.nlink - 2
  }, 0)
}

function countNamespaces(): number {
  return new Set(allPids().map((pid) => link(`/proc/${pid}/ns/user`))).size
}

function allPids(): string[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
