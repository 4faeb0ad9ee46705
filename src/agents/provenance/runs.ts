import { type MadeBy, madeBy } from '../../provenance/checks.ts'
import { type RunPredicate, type RunRecord, readRecord } from '../../provenance/record.ts'
import type { Context } from '../context.ts'
import { settleAll } from '../end/settle.ts'
import { findRecorded } from './find-agent.ts'
import { ledgerLines, recordedAgents } from './ledger.ts'

/** One run as `provenance list --json` prints it. */
export interface RunRow extends MadeBy {
  /** Number of the agent's run, from 1. */
  run: number
  base_commit: string | null
  result_commit: string | null
  /** SHA-256 over what differs from the workspace as it was given to the agent. */
  changes: string | null
  changed_files: number | null
}

/** The recorded runs of agents, or of all, the oldest of each first. What is damaged is left out: `verify` names it. */
export async function listRuns(context: Context, names: readonly string[]): Promise<RunRow[]> {
  const ids: string[] = []
  if (names.length === 0) {
    await settleAll(context)
    ids.push(...recordedAgents(context.home))
  } else for (const name of names) ids.push((await findRecorded(context, name)).id)
  return [...new Set(ids)]
    .flatMap((id) => runsOf(context, id))
    .sort((a, b) => (a.started < b.started ? -1 : a.started > b.started ? 1 : 0))
}

/** The statements of an agent's records, the oldest first. */
export async function showRecords(context: Context, name: string): Promise<unknown[]> {
  const { id } = await findRecorded(context, name)
  return recordsOf(context, id).map(({ envelope }) => JSON.parse(envelope.payload.toString('utf8')))
}

function runsOf(context: Context, id: string): RunRow[] {
  const latest = new Map<number, RunPredicate>()
  // A run is a start and an end, next to each other: the end says all that the start does.
  for (const { says } of recordsOf(context, id)) latest.set(Math.floor(says.index / 2), says)
  return [...latest].map(([index, says]) => ({
    run: index + 1,
    ...madeBy(says),
    base_commit: says.run.base.commit,
    result_commit: says.event === 'end' ? says.result.commit : null,
    changes: says.event === 'end' ? says.changes.sha256 : null,
    changed_files: says.event === 'end' ? says.changes.files : null,
  }))
}

function recordsOf({ home }: Context, id: string): RunRecord[] {
  return ledgerLines(home, id).flatMap((line) => {
    const record = readRecord(line)
    return typeof record !== 'string' && 'says' in record ? record : []
  })
}
