import type { Home } from '../../settings/home.ts'
import { linesBackwards } from '../../system/lines-backwards.ts'

/** How many lifecycle events of each kind there were since a time. Reads the end of the journal, not all of it. */
export function countEvents(home: Home, since: Date): Record<string, number> {
  const counts = new Map<string, number>()
  for (const line of linesBackwards(home.events)) {
    const { time, event } = readEvent(line)
    if (time === undefined || event === undefined) continue
    if (Date.parse(time) < since.getTime()) break
    counts.set(event, (counts.get(event) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What a line says of itself; nothing for one that was cut off by a full disk or a crash. */
function readEvent(line: string): { time?: string; event?: string } {
  try {
    const { time, event } = JSON.parse(line)
    return typeof time === 'string' && typeof event === 'string' ? { time, event } : {}
  } catch {
    return {}
  }
}
