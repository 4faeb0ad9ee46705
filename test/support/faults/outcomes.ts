import assert from 'node:assert/strict'
import { signalExitCode } from '../../../src/system/signals.ts'
import type { CliResult } from '../agentvm.ts'
import type { EndingSignal } from './faulty-home.ts'

/** What only a failure that nobody thought of prints. */
const STACK = /unexpected|threw|^\s+at /m

/** A command that was killed. */
export function requireKilled({ code }: CliResult): void {
  // With fewer effects than the first time, such as one look less at what ends, it comes to its end.
  assert.ok(code === 137 || code === 0, `exit code ${code}`)
}

/** What goes wrong is said in words, with what to do, unless it is part of what the command `reports`. */
export function requireWords({ code, stderr }: CliResult, reports: boolean): void {
  assert.ok(code >= 0 && code <= 125, `exit code ${code}`)
  assert.doesNotMatch(stderr, STACK)
  if (code !== 0 && !reports) assert.match(stderr, /^agentvm: \S.*\n {2}→ \S/m)
}

/** A command ends as the signal asks, or as it would have where that came too late; what it says, it says in words. */
export function requireEnded(result: CliResult, signal: EndingSignal, reports: boolean): void {
  if (result.code === signalExitCode(signal)) assert.doesNotMatch(result.stderr, STACK)
  else requireWords(result, reports)
}
