import { readSmallFile } from '../../system/proc-stat.ts'

/**
 * Proportional memory of processes, bytes: a page that N processes share counts 1/N in each, so that the sum is what
 * would be free without them. Null where the system doesn't tell. Costs some ms a large process.
 */
export function pssBytes(pids: readonly number[]): number | null {
  let total: number | null = null
  for (const pid of pids) {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readSmallFile(`/proc/${pid}/smaps_rollup`) ?? '')?.[1]
    if (kib !== undefined) total = (total ?? 0) + Number(kib) * 1024
  }
  return total
}
