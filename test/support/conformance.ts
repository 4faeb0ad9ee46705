import type { TestFramework } from '../../plugins/sdk/src/testing/index.ts'

/** Runs a conformance kit by itself. Returns what failed: the promise and why. */
export async function failuresOf(kit: (framework: TestFramework) => void): Promise<string[]> {
  const tests: { name: string; body: () => Promise<void> }[] = []
  kit({ describe: (_, body) => body(), it: (name, body) => tests.push({ name, body }) })
  const failures: string[] = []
  for (const { name, body } of tests) {
    try {
      await body()
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`)
    }
  }
  return failures
}
