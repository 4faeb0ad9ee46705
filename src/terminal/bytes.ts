const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes for people: `512 B`, `1.5 KiB`, `23 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes / 1024
  let unit = 0
  // From 1023.5 on it would be rounded to 1024.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}
