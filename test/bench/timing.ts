/** What something is to take at most or to reach at least, in its own unit; `ratio` and `plus` are against its floor. */
export type Target = { most: number } | { least: number } | { ratio: number } | { plus: number }

/** Times of one case, milliseconds. */
export interface Timing {
  name: string
  rounds: number
  median: number
  p95: number
  /** User and system time of the processes that were waited for, a round. */
  cpu: number
  floor: string | null
  /** Median divided by the floor's median of the same run. */
  ratio: number | null
  target: Target | null
  /** Whether the target was met; null where there is none. */
  met: boolean | null
}

/** What was measured of one case: milliseconds. */
export interface Samples {
  wall: number[]
  cpu: number
}

/** What the measured rounds of a case come to, beside those of its floor. */
export function timingOf(
  { name, floor, target }: { name: string; floor?: string; target?: Target },
  { wall, cpu }: Samples,
  floorWall: readonly number[] = [],
): Timing {
  const median = quantile(wall, 0.5)
  const floorMedian = floor === undefined ? null : quantile(floorWall, 0.5)
  return {
    ...{ name, rounds: wall.length, median, p95: quantile(wall, 0.95) },
    cpu: cpu / Math.max(wall.length, 1),
    floor: floor ?? null,
    ratio: floorMedian === null ? null : median / floorMedian,
    target: target ?? null,
    met: target ? isMet(target, median, floorMedian) : null,
  }
}

/** Whether a value meets its target. One against a floor that nobody measured doesn't. */
export function isMet(target: Target, value: number, floor: number | null = null): boolean {
  if ('most' in target) return value <= target.most
  if ('least' in target) return value >= target.least
  if (floor === null) return false
  return 'ratio' in target ? value <= target.ratio * floor : value <= floor + target.plus
}

/** The least of the values that such a part of them doesn't exceed (nearest rank): the 95th of a hundred is the greatest of a few. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN
}
