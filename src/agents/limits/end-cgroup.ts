import { setTimeout as sleep } from 'node:timers/promises'
import { cgroupEvents, killCgroup, removeCgroupLater } from '../../system/cgroups/cgroup.ts'
import type { EndReason } from '../state/record.ts'

const POLL_MS = 5
/** How long the kernel may take to end what was sent KILL. */
const KILL_TAKES_MS = 5_000

/** Ends everything in an agent's control group and removes it. Returns whether it is gone. */
export async function endCgroup(folders: readonly string[]): Promise<boolean> {
  const deadline = performance.now() + KILL_TAKES_MS
  while (!(await removeCgroupLater(folders))) {
    if (performance.now() > deadline) return false
    killCgroup(folders)
    await sleep(POLL_MS)
  }
  return true
}

/** Why an agent that ended by itself with this code did so, as far as its control group tells. */
export function reasonOfEnd(code: number, folders: readonly string[]): EndReason {
  if (code === 0) return 'exited'
  const { outOfMemory, processLimit } = cgroupEvents(folders)
  if (outOfMemory > 0) return 'out-of-memory'
  return processLimit > 0 ? 'process-limit' : 'exited'
}
