import { readFileSync, statSync } from 'node:fs'
import { publicKeyOf } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { linesOf, type RecordSet } from '../../provenance/record-set.ts'
import type { RepositoryView } from '../../workspace/repository-view.ts'
import type { Context } from '../context.ts'
import { existingHomeKey } from './home-key.ts'
import { ledgerFile, ledgerLines, recordedAgents } from './ledger.ts'

/** Where exports put records in a repository. */
export const NOTES_REF = 'refs/notes/agentvm'
/** Largest file of records, in bytes. */
const LARGEST = 512 * 1024 * 1024

/** Where records were looked for, and how many there were. */
export interface RecordSource {
  kind: 'home' | 'notes' | 'file'
  place: string
  records: number
}

/** The home keys that are trusted: this home's own, and those that the user names. Throws a {@link UserError} on what is no key. */
export function trustedKeys({ home }: Context, named: readonly string[]): Map<string, string> {
  const trusted = new Map<string, string>()
  const own = existingHomeKey(home)?.did
  if (own !== undefined) trusted.set(own, 'this home')
  for (const key of named) {
    if (!publicKeyOf(key)) {
      throw new UserError(`--home-key ${key}: that is no did:key of an Ed25519 key`, {
        fix: "'agentvm provenance key' prints it, at the home that made the records",
        exitCode: 2,
      })
    }
    trusted.set(key, '--home-key')
  }
  return trusted
}

/** Adds the records of a file. Throws a {@link UserError} (exit code 2) if there is none. */
export function addFile(records: RecordSet, path: string): RecordSource {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile()) throw new UserError(`there is no file ${path}`, { exitCode: 2 })
  if (stats.size > LARGEST) throw new UserError(`${path} is too large for run records`, { exitCode: 2 })
  // One byte, one character: none may be changed unnoticed because it isn't UTF-8.
  return { kind: 'file', place: path, records: records.add(linesOf(readFileSync(path, 'latin1')), path) }
}

/** Adds the records in a repository's notes. */
export async function addNotes(records: RecordSet, view: RepositoryView): Promise<RecordSource> {
  let count = 0
  for (const [commit, text] of await view.notes(NOTES_REF)) {
    count += records.add(
      linesOf(text).filter((line) => line !== ''),
      `note on ${commit.slice(0, 12)}`,
    )
  }
  return { kind: 'notes', place: `${view.folder} ${NOTES_REF}`, records: count }
}

/** Adds an agent's own records. */
export function addLedger(records: RecordSet, { home }: Context, id: string): RecordSource {
  const place = ledgerFile(home, id)
  return { kind: 'home', place, records: records.add(ledgerLines(home, id), place, true) }
}

/** What tells of a run's commits. */
interface KnownRun {
  agent: string
  did: string | null
  result: string | null
}

/**
 * What all records of this home say of DIDs and results, at a glance, since there may be very many: whoever relies on
 * them must read them with care then.
 */
export function knownRuns({ home }: Context): KnownRun[] {
  return recordedAgents(home).flatMap((agent) =>
    ledgerLines(home, agent).flatMap((line) => glance(agent, line)),
  )
}

function glance(agent: string, line: string): KnownRun | [] {
  try {
    const { payload } = JSON.parse(line)
    const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'))
    const text = (value: unknown) => (typeof value === 'string' ? value : null)
    return { agent, did: text(predicate.agent.did), result: text(predicate.result?.commit) }
  } catch {
    return []
  }
}

/** Ids of the agents that may have made some commits: their DIDs signed, or their runs ended with one of the results. */
export function agentsBehind(
  runs: readonly KnownRun[],
  signers: ReadonlySet<string>,
  results: ReadonlySet<string>,
): Set<string> {
  const behind = runs.filter(
    ({ did, result }) => (did !== null && signers.has(did)) || (result !== null && results.has(result)),
  )
  return new Set(behind.map(({ agent }) => agent))
}
