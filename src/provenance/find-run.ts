import { type Chain, inOrder } from './chain.ts'
import type { Check } from './checks.ts'
import type { RunPredicate, RunRecord } from './record.ts'

/** Whether a commit is among those that a run came to: its result or one before that, but for what was there before. */
export type Covers = (commit: string, base: string | null, result: string) => Promise<boolean>

/** A commit whose run is looked for. */
export interface WantedCommit {
  name: string
  /** Who signed it, if that is established. */
  signer: string | undefined
  /** Milliseconds since 1970, as the commit says itself. */
  time: number
}

/** The run that made a commit, as far as it can be told. */
export interface FoundRun {
  chain: Chain | undefined
  record: RunRecord | undefined
  check: Check
}

/** A record that may be that of a commit's run. */
export interface Candidate {
  chain: Chain
  record: RunRecord
  /** Whether it is all that is known of its run: an end, or a start without one. */
  isLatest: boolean
}

/** All records that may tell of a commit. */
export function candidatesOf(chains: Iterable<Chain>): Candidate[] {
  return [...chains].flatMap((chain) => {
    const records = inOrder(chain)
    return records.map((record, at) => ({
      ...{ chain, record },
      isLatest: record.says.event === 'end' || records[at + 1] === undefined,
    }))
  })
}

/**
 * Finds the run that made a commit. Established only if the DID that signed it is the run's, and the run ended with the
 * commit in what it came to. Of several, the one of a trusted home.
 */
export async function findRun(
  commit: WantedCommit,
  all: readonly Candidate[],
  trusted: ReadonlyMap<string, string>,
  covers: Covers,
): Promise<FoundRun> {
  const covering: Candidate[] = []
  for (const candidate of all) {
    const { says } = candidate.record
    if (says.event !== 'end' || says.result.commit === null || !isBaseKnown(says.run.base)) continue
    if (await covers(commit.name, says.run.base.commit, says.result.commit)) covering.push(candidate)
  }
  const best = (candidates: Candidate[]) =>
    candidates.find(({ chain }) => trusted.has(chain.home)) ?? candidates[0]
  const own = (candidates: readonly Candidate[]) =>
    candidates.filter(({ record }) => record.says.agent.did === commit.signer && commit.signer !== undefined)
  const certain = best(own(covering))
  if (certain) {
    const { agent } = certain.record.says
    return found(certain, 'established', `a run of ${agent.name} (${agent.id}) came to it`)
  }
  const signed = own(all).filter(({ isLatest }) => isLatest)
  const bySigner = best(signed.filter(({ record }) => runsAt(record.says, commit.time))) ?? best(signed)
  if (bySigner) {
    const { agent, event } = bySigner.record.says
    const why =
      event === 'start' ? 'its run has not ended, or its end is not here' : 'none of its runs came to it'
    return found(bySigner, 'unknown', `signed by the DID of ${agent.name} (${agent.id}), but ${why}`)
  }
  const brought = best(covering)
  if (!brought)
    return { chain: undefined, record: undefined, check: unknown('no record that is here knows it') }
  const { name, id, did } = brought.record.says.agent
  const who = `it came with a run of ${name} (${id})`
  if (commit.signer === undefined)
    return found(brought, 'unknown', `${who}, but nothing signed says who made it`)
  return found(
    brought,
    'unknown',
    did === null ? `${who}, which has no DID` : `${who}, whose DID is another than the signer's`,
  )
}

function found({ chain, record }: Candidate, outcome: Check['outcome'], detail: string): FoundRun {
  return { chain, record, check: { check: 'run', outcome, detail } }
}

function unknown(detail: string): Check {
  return { check: 'run', outcome: 'unknown', detail }
}

function runsAt(says: RunPredicate, time: number): boolean {
  const from = Date.parse(says.event === 'end' ? says.started : says.time)
  return from <= time && (says.event === 'start' || time <= Date.parse(says.ended) + 1000)
}

/** Without a base, everything before the result would be the run's: only where there really was nothing, it is. */
function isBaseKnown({ commit, reason }: RunPredicate['run']['base']): boolean {
  return commit !== null || reason === 'no commit' || reason === 'no repository'
}
