import type { Outcome } from '../agents/each.ts'
import { Interrupted } from '../errors.ts'
import { inWords } from '../system/system-error.ts'
import { failureText } from '../terminal/failure-text.ts'

/** Says what failed, one line an agent, and how to mend it. What Ctrl-C kept from being done is said once, at the end, unless something is to be mended. */
export function reportFailure({ name, error }: { name: string; error: Error }): void {
  if (error instanceof Interrupted && !error.fix) return
  const { what, fix } = inWords(error)
  process.stderr.write(failureText(`${name}: ${what}`, fix))
}

/** Sets the exit code of a command on several agents: 128 + N if signal N interrupted it, 1 if any failed. */
export function exitByOutcomes(outcomes: readonly Outcome<unknown>[]): void {
  const failures = outcomes.filter((outcome) => !outcome.ok)
  if (failures.length === 0) return
  const undone = failures.flatMap(({ error }) => (error instanceof Interrupted ? error : []))
  const [first] = undone
  process.exitCode = first?.exitCode ?? 1
  if (!first) return
  process.stderr.write(
    `agentvm: interrupted: ${outcomes.length - failures.length} done, ${undone.length} not\n`,
  )
}

/** Outcomes as `--json` prints them: `ok`, and the value's fields or the error. */
export function outcomeRows<T extends object>(outcomes: readonly Outcome<T>[]): object[] {
  return outcomes.map((outcome) =>
    outcome.ok
      ? { name: outcome.name, ok: true, ...outcome.value }
      : { name: outcome.name, ok: false, error: inWords(outcome.error).what },
  )
}
