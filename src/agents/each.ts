/** So many agents are started at a time. Each start is several short programs: more would only wait for each other. */
export const STARTS_AT_ONCE = 8

/** What came of one of several agents. */
export type Outcome<T> = { name: string; ok: true; value: T } | { name: string; ok: false; error: Error }

/**
 * Does something with several agents at once, at most `limit` at a time, in their order. One failure doesn't stop the
 * others. `onDone` hears of each as it comes; the outcomes are in the order of the names.
 */
export async function forEachAgent<T>(
  names: readonly string[],
  work: (name: string, index: number) => Promise<T>,
  {
    limit = names.length,
    onDone = () => {},
  }: { limit?: number; onDone?: (outcome: Outcome<T>) => void } = {},
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = []
  const waiting = names.entries()
  const worker = async () => {
    for (const [index, name] of waiting) {
      const outcome = await work(name, index).then(
        (value): Outcome<T> => ({ name, ok: true, value }),
        (error: unknown): Outcome<T> => ({ name, ok: false, error: error as Error }),
      )
      outcomes[index] = outcome
      onDone(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, names.length) }, worker))
  return outcomes
}

/** The values of several outcomes, or of a single one: its error is thrown. */
export function throwIfSingle<T>(outcomes: readonly Outcome<T>[]): readonly Outcome<T>[] {
  const [only] = outcomes
  if (outcomes.length === 1 && only && !only.ok) throw only.error
  return outcomes
}
