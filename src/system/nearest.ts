/** Whoever writes so long a word hasn't typed it; comparing takes time by the square of its length. */
const LONGEST = 255

/** The one of `known` that a typing error most likely meant, or undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined
  const most = Math.max(1, Math.floor(word.length / 3))
  let best: { text: string; distance: number } | undefined
  for (const text of known) {
    if (Math.abs(text.length - word.length) > most) continue
    const distance = editDistance(word.toLowerCase(), text.toLowerCase())
    if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { text, distance }
  }
  return best?.text
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j += 1) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]
      next.push(
        Math.min(
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
          (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1),
          swapped ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
