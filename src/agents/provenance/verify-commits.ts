import { UserError } from '../../errors.ts'
import { checkSignature } from '../../provenance/check-signature.ts'
import { readCommit } from '../../provenance/commit-object.ts'
import type { Covers } from '../../provenance/find-run.ts'
import type { RecordSet } from '../../provenance/record-set.ts'
import { CommitVerifier, type Verified } from '../../provenance/verify.ts'
import { RepositoryView } from '../../workspace/repository-view.ts'
import type { Context } from '../context.ts'
import { settleAll } from '../end/settle.ts'
import { keyFates } from '../identity/key-fates.ts'
import { addLedger, addNotes, agentsBehind, knownRuns } from './sources.ts'
import type { Evidence, VerifyRequest } from './verify.ts'

/** Most commits of a range. */
const MOST_COMMITS = 10_000

/** Verifies a commit, or each of a range, by the records of its repository's notes and of this home. */
export async function verifyCommits(
  context: Context,
  { target, kind, repo }: Pick<VerifyRequest, 'target' | 'kind' | 'repo'>,
  { records, sources, trusted }: Evidence,
): Promise<Verified[]> {
  await settleAll(context)
  return RepositoryView.with(repo, async (view) => {
    const names = await commitsOf(view, target, kind === 'range')
    const raws = await view.commits(names)
    sources.push(await addNotes(records, view))
    const signers = signersOf(raws.values(), view.digits)
    const runs = knownRuns(context)
    const results = await view.existing(runs.flatMap(({ result }) => result ?? []))
    for (const id of agentsBehind(runs, signers, results)) sources.push(addLedger(records, context, id))
    const verifier = new CommitVerifier(
      ...([records, trusted] as const),
      await coversIn(view, records),
      keyFates(context.home),
    )
    const verified: Verified[] = []
    for (const name of names) verified.push(await verifier.verify(name, raws.get(name)))
    return verified
  })
}

/** The commits that a word or a range stands for. Throws a {@link UserError} (exit code 2) if there are none, or too many. */
export async function commitsOf(view: RepositoryView, target: string, isRange: boolean): Promise<string[]> {
  const commit = isRange ? undefined : await view.commit(target)
  const names = isRange ? await view.range(target, MOST_COMMITS + 1) : commit && [commit]
  if (!names || names.length === 0) {
    throw new UserError(
      isRange && names ? `there is no commit in ${target}` : `there is no agent, file or commit '${target}'`,
      { fix: '--repo DIR names the repository, --as what it is', exitCode: 2 },
    )
  }
  if (names.length > MOST_COMMITS) {
    throw new UserError(`${target} holds more than ${MOST_COMMITS} commits`, {
      fix: 'verify it in parts',
      exitCode: 2,
    })
  }
  return names
}

/** The DIDs that have signed some of the commits. */
export function signersOf(raws: Iterable<Buffer>, digits: number): Set<string> {
  const signers = new Set<string>()
  for (const raw of raws) {
    const { signer } = checkSignature(readCommit(raw, digits))
    if (signer !== undefined) signers.add(signer)
  }
  return signers
}

/** Asks git once for each run whose result is in the repository. */
async function coversIn(view: RepositoryView, records: RecordSet): Promise<Covers> {
  const ends = [...records.chains.values()].flatMap((chain) =>
    [...chain.records.values()].flatMap(({ says }) =>
      says.event === 'end' ? (says.result.commit ?? []) : [],
    ),
  )
  const here = await view.existing(ends)
  const known = new Map<string, Set<string>>()
  return async (commit, base, result) => {
    if (commit === result && base !== result) return true
    if (!here.has(result) || base === result) return false
    const key = `${base}..${result}`
    const commits = known.get(key) ?? new Set(await view.history(result, base, MOST_COMMITS))
    known.set(key, commits)
    return commits.has(commit)
  }
}
