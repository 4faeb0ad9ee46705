/** Whether a version `1.2.3` is newer than another. Of what follows a dash only whether it is there counts. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => {
    const [numbers = '', pre] = text.split('-')
    return [...numbers.split('.').map(Number), pre === undefined ? 1 : 0]
  }) as [number[], number[]]
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? 0
    if (part !== other) return part > other
  }
  return false
}
