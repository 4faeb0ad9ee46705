import { statSync } from 'node:fs'
import { UserError } from '../../errors.ts'
import { type Outcome, worst } from '../../provenance/checks.ts'
import { RecordSet } from '../../provenance/record-set.ts'
import { type TrustedKeys, type Verified, verifyChain, verifyRecords } from '../../provenance/verify.ts'
import type { Context } from '../context.ts'
import { findRecorded, isRecorded } from './find-agent.ts'
import { ledgersAside } from './ledger.ts'
import { newestOf } from './record-keys.ts'
import { addFile, addLedger, type RecordSource, trustedKeys } from './sources.ts'
import { verifyCommits } from './verify-commits.ts'

/** What `verify` can look at. */
export const TARGET_KINDS = ['commit', 'range', 'agent', 'file'] as const
type TargetKind = (typeof TARGET_KINDS)[number]

/** What is to be verified, and by what. */
export interface VerifyRequest {
  target: string
  /** Undefined: what the target looks like. */
  kind: TargetKind | undefined
  /** Folder in the repository of commits. */
  repo: string
  /** Files of records. */
  records: readonly string[]
  /** Home keys that the user trusts, as `did:key`. */
  homeKeys: readonly string[]
}

/** What `verify --json` prints. */
export interface VerifyReport {
  target: string
  kind: TargetKind
  outcome: Outcome
  /** Home keys that are trusted, and by what. */
  trusted: { key: string; by: string }[]
  sources: RecordSource[]
  results: Verified[]
}

/**
 * Establishes who made commits, whether an agent's records are whole, or whether a file of records is what it says.
 * Needs no `$AGENTVM_HOME`. Throws a {@link UserError} (exit code 2) if there is no such thing.
 */
export async function verifyTarget(context: Context, request: VerifyRequest): Promise<VerifyReport> {
  const kind = request.kind ?? kindOf(context, request.target)
  const trusted = trustedKeys(context, request.homeKeys)
  const records = new RecordSet()
  const sources = request.records.map((path) => addFile(records, path))
  const work = { agent: verifyAgent, file: verifyFile, commit: verifyCommits, range: verifyCommits }[kind]
  const results = await work(context, { ...request, kind }, { records, sources, trusted })
  const bad = verifyRecords(records, 'records')
  const all = bad ? [...results, bad] : results
  return {
    target: request.target,
    kind,
    outcome: worst(all),
    trusted: [...trusted].map(([key, by]) => ({ key, by })),
    sources,
    results: all,
  }
}

/** What is known so far. */
export interface Evidence {
  records: RecordSet
  sources: RecordSource[]
  trusted: TrustedKeys
}

function kindOf(context: Context, target: string): TargetKind {
  if (statSync(target, { throwIfNoEntry: false })?.isFile() && /[/.]/.test(target)) return 'file'
  if (target.includes('..')) return 'range'
  return isRecorded(context, target) ? 'agent' : 'commit'
}

async function verifyFile(_: Context, { target }: VerifyRequest, evidence: Evidence): Promise<Verified[]> {
  evidence.sources.push(addFile(evidence.records, target))
  const chains = [...evidence.records.chains.values()]
  if (chains.length === 0) evidence.records.problems.push(`${target}: it holds no run record`)
  return chains.map((chain) => verifyChain(chain, evidence.trusted))
}

async function verifyAgent(
  context: Context,
  { target }: VerifyRequest,
  evidence: Evidence,
): Promise<Verified[]> {
  const { id, agent } = await findRecorded(context, target)
  evidence.sources.push(addLedger(evidence.records, context, id))
  for (const path of ledgersAside(context.home, id)) {
    evidence.records.problems.push(`${path}: records that could not be gone on with, put aside`)
  }
  const chains = [...evidence.records.chains.values()].filter((chain) => chain.agent === id)
  if (chains.length === 0 && evidence.records.problems.length === 0) {
    const newest = agent && newestOf(agent)
    if (newest)
      evidence.records.problems.push(`the records of ${target} are gone: there were ${newest.index + 1}`)
    else {
      throw new UserError(`agent '${target}' has no run records`, {
        fix: 'its next start makes one, unless AGENTVM_PROVENANCE is false',
        exitCode: 2,
      })
    }
  }
  return chains.map((chain) => verifyChain(chain, evidence.trusted, agent && newestOf(agent)))
}
