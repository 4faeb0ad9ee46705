/**
 * What a conformance kit needs of a test framework. `node:test`, mocha, vitest and jest have both functions.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * profileConformance(profile, { describe, it })
 * ```
 */
export interface TestFramework {
  /** Groups tests. Calls `body` at once. */
  describe(name: string, body: () => void): unknown
  /** Adds one test. It fails if `body` rejects. */
  it(name: string, body: () => Promise<void>): unknown
}

/** What a contract promises, in words, and how to find out. */
export type Promises<Subject> = Record<string, (subject: Subject) => void | Promise<void>>

/** One test for each promise. */
export function testPromises<Subject>(
  subject: Subject,
  promises: Promises<Subject>,
  { it }: TestFramework,
): void {
  for (const [promise, hold] of Object.entries(promises)) it(promise, async () => hold(subject))
}
