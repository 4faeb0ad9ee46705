import type { RunPredicate } from './record.ts'

/** What came of one question. `unknown`: it could not be established, and nothing speaks against it. */
export type Outcome = 'established' | 'failed' | 'unknown'

/** The questions that `verify` answers. */
export const CHECKS = [
  ...(['commit', 'signature', 'author', 'run', 'sandbox', 'home-key', 'chain', 'records'] as const),
]

/** One question and its answer. */
export interface Check {
  check: (typeof CHECKS)[number]
  outcome: Outcome
  /** In words. */
  detail: string
}

/** The run that made something, as its record says. */
export interface MadeBy {
  agent: { id: string; name: string; did: string | null; parent: RunPredicate['agent']['parent'] }
  profile: { name: string; version: string | null } | null
  program: string
  /** SHA-256, hex. */
  prompt: string | null
  /** SHA-256, hex. */
  policy: string
  sandbox: string
  network: string
  /** ISO 8601 UTC. */
  started: string
  /** Null while it runs. */
  ended: string | null
  exit_code: number | null
  reason: string | null
  /** The home whose key has signed the record. */
  home_key: string
}

/** The worst of several outcomes: one failure fails all. */
export function worst(checks: readonly Pick<Check, 'outcome'>[]): Outcome {
  if (checks.some(({ outcome }) => outcome === 'failed')) return 'failed'
  return checks.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'established'
}

/** What a record says of its run. */
export function madeBy(says: RunPredicate): MadeBy {
  const { agent, run, home } = says
  const end = says.event === 'end' ? says : undefined
  return {
    agent,
    profile: run.profile,
    program: run.command.program,
    prompt: run.prompt?.sha256 ?? null,
    policy: run.policy.sha256,
    sandbox: run.policy.sandbox,
    network: run.policy.network,
    started: end?.started ?? says.time,
    ended: end?.ended ?? null,
    exit_code: end?.exit.code ?? null,
    reason: end?.exit.reason ?? null,
    home_key: home,
  }
}
