import { type Chain, checkChain } from './chain.ts'
import { checkSignature } from './check-signature.ts'
import { type Check, type MadeBy, madeBy, type Outcome, worst } from './checks.ts'
import { commitName, readCommit } from './commit-object.ts'
import { type Candidate, type Covers, candidatesOf, findRun } from './find-run.ts'
import type { RecordSet } from './record-set.ts'

/** What was verified and what came of it. */
export interface Verified {
  kind: 'commit' | 'chain' | 'records'
  /** The commit's name, or the agent's id; what was looked at, for records. */
  subject: string
  outcome: Outcome
  checks: Check[]
  /** The run; of a chain, its last one. */
  made_by: MadeBy | null
}

/** By what a home's key is trusted, by `did:key`. */
export type TrustedKeys = ReadonlyMap<string, string>

/** What has become of a key that signed at a time (milliseconds since 1970): the answer to whether the signature counts. Undefined if nothing has. */
export type KeyFate = (did: string, time: number) => Pick<Check, 'outcome' | 'detail'> | undefined

/** Answers who made commits: signer, author, run, and how far the records that say so can be relied upon. */
export class CommitVerifier {
  private readonly candidates: Candidate[]
  private readonly chainChecks = new Map<Chain, Check[]>()
  private readonly trusted: TrustedKeys
  private readonly covers: Covers
  private readonly fateOf: KeyFate

  constructor(records: RecordSet, trusted: TrustedKeys, covers: Covers, fateOf: KeyFate = () => undefined) {
    this.fateOf = fateOf
    this.candidates = candidatesOf(records.chains.values())
    this.trusted = trusted
    this.covers = covers
  }

  /** Verifies the commit of that name; `raw`: its bytes, undefined if it has none. */
  async verify(name: string, raw: Buffer | undefined): Promise<Verified> {
    if (raw === undefined) {
      const check: Check = {
        check: 'commit',
        outcome: 'failed',
        detail: 'its object is missing or too large',
      }
      return verified('commit', name, [check], null)
    }
    const commit = readCommit(raw, name.length)
    const real = commitName(raw, name.length)
    const checks: Check[] = [
      real === name
        ? { check: 'commit', outcome: 'established', detail: 'the object is the one that it is named after' }
        : { check: 'commit', outcome: 'failed', detail: `the object is another one: ${real}` },
    ]
    const signature = checkSignature(commit)
    const time = commit.committer?.time ?? Number.NaN
    const fate = signature.signer === undefined ? undefined : this.fateOf(signature.signer, time)
    checks.push(
      ...signature.checks.map((check) => (check.check === 'signature' ? { ...check, ...fate } : check)),
    )
    const wanted = { name, signer: signature.signer, time }
    const run = await findRun(wanted, this.candidates, this.trusted, this.covers)
    checks.push(run.check)
    if (run.chain && run.record) {
      checks.push(sandboxCheck(run.record.says.run.policy), ...this.checksOf(run.chain))
    }
    return verified('commit', name, checks, run.record ? madeBy(run.record.says) : null)
  }

  /** Many commits may be of one chain. */
  private checksOf(chain: Chain): Check[] {
    const known = this.chainChecks.get(chain) ?? chainChecks(chain, this.trusted)
    this.chainChecks.set(chain, known)
    return known
  }
}

/** Answers whether an agent's records are whole and whose they are. `newest`: the one that its state file names. */
export function verifyChain(
  chain: Chain,
  trusted: TrustedKeys,
  newest?: { index: number; hash: string },
): Verified {
  const checks = chainChecks(chain, trusted)
  const named = newest && [...chain.records.values()].find(({ says }) => says.index === newest.index)
  if (newest && named?.envelope.hash !== newest.hash) {
    const detail = `record ${newest.index}, which the agent's state file names, is ${named ? 'another one' : 'missing'}`
    checks.push({ check: 'records', outcome: 'failed', detail })
  }
  const last = [...chain.records.values()].sort((a, b) => b.says.index - a.says.index)[0]
  return verified('chain', chain.agent, checks, last ? madeBy(last.says) : null)
}

/** What was found among records and is none. Undefined if there was nothing. */
export function verifyRecords({ problems }: RecordSet, subject: string): Verified | undefined {
  if (problems.length === 0) return undefined
  const checks = problems.map((detail): Check => ({ check: 'records', outcome: 'failed', detail }))
  return verified('records', subject, checks, null)
}

function verified(
  kind: Verified['kind'],
  subject: string,
  checks: Check[],
  made_by: MadeBy | null,
): Verified {
  return { kind, subject, outcome: worst(checks), checks, made_by }
}

function chainChecks(chain: Chain, trusted: TrustedKeys): Check[] {
  const by = trusted.get(chain.home)
  const { failed, unknown } = checkChain(chain)
  const detail = [...failed, ...unknown].join('; ')
  return [
    by === undefined
      ? { check: 'home-key', outcome: 'unknown', detail: `nothing here says whose key signed: ${chain.home}` }
      : { check: 'home-key', outcome: 'established', detail: `signed by ${chain.home}, trusted by ${by}` },
    failed.length + unknown.length === 0
      ? { check: 'chain', outcome: 'established', detail: `whole: ${chain.records.size} records` }
      : { check: 'chain', outcome: failed.length > 0 ? 'failed' : 'unknown', detail },
  ]
}

/** An agent that nothing keeps from the home's key could have written its records itself. */
function sandboxCheck({ sandbox, isolated }: { sandbox: string; isolated: boolean }): Check {
  return isolated
    ? { check: 'sandbox', outcome: 'established', detail: `it ran in ${sandbox}, away from the home's key` }
    : {
        check: 'sandbox',
        outcome: 'unknown',
        detail: `it ran without isolation (${sandbox}): it could have read the home's key`,
      }
}
