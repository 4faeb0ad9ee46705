import { realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { UserError } from '../../errors.ts'
import { seal } from '../../provenance/envelope.ts'
import { readRecord } from '../../provenance/record.ts'
import { exportStatement } from '../../provenance/statement.ts'
import { writeFileAtomic } from '../../system/files.ts'
import { writingUserFile } from '../../system/user-files.ts'
import { RepositoryView } from '../../workspace/repository-view.ts'
import type { Context } from '../context.ts'
import { settleAll } from '../end/settle.ts'
import { timestamp } from '../events.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import { addedNotes } from './export-notes.ts'
import { findRecorded, isRecorded } from './find-agent.ts'
import { homeKey } from './home-key.ts'
import { ledgerFile, ledgerLines, recordedAgents } from './ledger.ts'
import { agentsBehind, knownRuns, NOTES_REF } from './sources.ts'
import { commitsOf, signersOf } from './verify-commits.ts'

/** What to export, and where to. */
export interface ExportRequest {
  /** Names or ids of agents, commits, ranges; empty for all agents. */
  targets: readonly string[]
  /** A repository that gets the records as notes; also where commits are looked for. */
  repo: string
  notes: boolean
  /** A file; undefined for none. */
  output: string | undefined
}

/** What was exported: what `provenance export --json` prints. */
export interface ExportReport {
  home_key: string
  agents: { id: string; name: string; records: number }[]
  /** Absolute path; null if none was written. */
  output: string | null
  /** Null if none were written. */
  notes: { repo: string; ref: string; commits: number; agents: number } | null
  /** The envelopes themselves, if they were written nowhere else. */
  envelopes: unknown[] | null
}

/** An agent's records, closed by a statement that says how many there are. */
export interface ClosedChain {
  id: string
  name: string
  lines: string[]
  close: string
}

/**
 * Exports agents' whole chains into a file or a repository's notes. Returns the lines besides, for standard output.
 * Throws a {@link UserError}.
 */
export async function exportRecords(
  context: Context,
  request: ExportRequest,
): Promise<{ report: ExportReport; lines: string[] }> {
  const ids = await chosenAgents(context, request)
  const chains = ids.flatMap((id) => closedChain(context, id) ?? [])
  if (chains.length === 0) {
    throw new UserError('there are no run records to export', { fix: 'agentvm provenance list' })
  }
  const lines = chains.flatMap((chain) => [...chain.lines, chain.close])
  const output = request.output === undefined ? null : resolve(request.output)
  const text = `${lines.join('\n')}\n`
  if (output !== null)
    writingUserFile(output, () => writeFileAtomic(output, text, { mode: 0o644, tidy: true }))
  const written = request.notes ? await exportNotes(context, request.repo, chains) : null
  const report: ExportReport = {
    home_key: homeKey(context.home).did,
    agents: chains.map(({ id, name, lines: { length } }) => ({ id, name, records: length })),
    output,
    notes: written && { repo: resolve(request.repo), ref: NOTES_REF, ...written },
    envelopes: output === null && !request.notes ? lines.map((line) => JSON.parse(line)) : null,
  }
  return { report, lines }
}

async function chosenAgents(context: Context, { targets, repo }: ExportRequest): Promise<string[]> {
  await settleAll(context)
  if (targets.length === 0) return recordedAgents(context.home).sort()
  const ids: string[] = []
  for (const target of targets) {
    if (!target.includes('..') && isRecorded(context, target)) {
      ids.push((await findRecorded(context, target)).id)
    } else {
      ids.push(...(await agentsOfCommits(context, repo, target)))
    }
  }
  return [...new Set(ids)]
}

/** Agents whose DID signed some of the commits, or one of whose runs ended with one of them. */
async function agentsOfCommits(context: Context, repo: string, target: string): Promise<string[]> {
  return RepositoryView.with(repo, async (view) => {
    const names = await commitsOf(view, target, target.includes('..'))
    const signers = signersOf((await view.commits(names)).values(), view.digits)
    return [...agentsBehind(knownRuns(context), signers, new Set(names))]
  })
}

function closedChain({ home }: Context, id: string): ClosedChain | undefined {
  const lines = ledgerLines(home, id)
  const last = readRecord(lines.at(-1) ?? '')
  if (lines.length === 0) return undefined
  if (typeof last === 'string' || !('says' in last)) {
    throw new UserError(`the records of ${id} are damaged`, { fix: `agentvm verify ${id} --as agent` })
  }
  const key = homeKey(home)
  if (last.says.home !== key.did) {
    throw new UserError(`the records of ${id} are signed by another key than this home has now`, {
      fix: `bring that key back, or pass on the file as it is: ${ledgerFile(home, id)}`,
    })
  }
  const chains = [{ agent: id, records: lines.length, head: last.envelope.hash }]
  const close = seal(exportStatement({ home: key.did, time: timestamp(), chains }), key)
  return { id, name: last.says.agent.name, lines, close }
}

async function exportNotes(context: Context, repo: string, chains: readonly ClosedChain[]) {
  refuseWorkspaceInUse(context, repo)
  return RepositoryView.with(repo, async (view) => {
    const { notes, agents } = await addedNotes(view, chains)
    if (agents === 0) {
      throw new UserError(`none of these runs ended with a commit of ${resolve(repo)}`, {
        fix: 'fetch the commits first, or write a file: --output FILE',
      })
    }
    if (notes.size > 0) await view.writeNotes(NOTES_REF, notes)
    return { commits: notes.size, agents }
  })
}

/** An agent that runs could lead what is written elsewhere. */
function refuseWorkspaceInUse(context: Context, repo: string): void {
  const inside = `${realpathSync(repo)}${sep}`
  const user = context.store.all().find((agent) => {
    return isRunning(liveness(agent, context.home)) && inside.startsWith(`${realPath(agent.workspace)}${sep}`)
  })
  if (!user) return
  throw new UserError(`'${user.name}' is at work in ${repo}: nothing is written there meanwhile`, {
    fix: 'name a clone of yours: --repo DIR',
  })
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
