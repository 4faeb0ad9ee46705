const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const

/** A time span as one number and unit, rounded down: `3s`, `5m`, `2h`, `4d`. */
export function formatAge(seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? (['s', 1] as const)
  return `${Math.floor(Math.max(0, seconds) / size)}${unit}`
}

/** How long ago a time (ISO 8601) was. `-` if it isn't one. */
export function formatAgeSince(time: string, now: Date = new Date()): string {
  const then = Date.parse(time)
  return Number.isNaN(then) ? '-' : formatAge((now.getTime() - then) / 1000)
}
