import { pathText } from '../../workspace/baseline/byte-path.ts'
import type { Change } from '../../workspace/baseline/compare.ts'
import { compareWithBaseline } from '../../workspace/baseline/compare.ts'
import { ContentReader } from '../../workspace/baseline/content-store.ts'
import { IgnoreRules } from '../../workspace/baseline/ignore-rules.ts'
import { writeManifest } from '../../workspace/baseline/manifest.ts'
import type { Context } from '../context.ts'
import { baselineOf, madeAt, notWork } from '../spawn/baseline.ts'
import type { AgentRecord } from '../state/record.ts'
import { gitBase } from './git-base.ts'
import { type Commit, holdsRepository, ignoredByFiles, lookIntoGit } from './git-look.ts'
import { isConfiguration } from './host-executed.ts'
import type { DiffReport } from './report.ts'
import { touchedSince } from './touched-since.ts'

/** What isn't as it was at an agent's spawn, and how that is known. */
export interface ChangesSince {
  base: DiffReport['base']
  /** ISO 8601 UTC. */
  since: string
  changes: Change[]
  /** Made since; null if the workspace holds no repository that could be asked. */
  commits: Commit[] | null
  /** What git leaves out. */
  ignored: IgnoreRules
  problems: string[]
}

/** Finds out what has changed in an agent's workspace since its spawn: by its baseline, else by what git or the file times tell. */
export async function changesSince(
  context: Context,
  record: AgentRecord,
  includeIgnored: boolean,
): Promise<ChangesSince> {
  const { workspace } = record
  const baseline = baselineOf(context, record)
  const since = baseline?.takenAt ?? madeAt(record)
  const isGit = holdsRepository(workspace)
  const fromGit = isGit && !baseline ? await gitBase(context, workspace, since) : undefined
  const known = baseline ? (baseline.git?.tips ?? []) : (fromGit?.baseline.git?.tips ?? [])
  const { commits, ignored, problems } = await askGit(context, workspace, known)
  const options = { ignored, includeIgnored, always: isConfiguration, skip: notWork(record) }
  const shared = { since, commits, ignored, problems }
  if (fromGit) {
    const { changes, unreadable } = compareWithBaseline(
      workspace,
      fromGit.baseline,
      fromGit.contents,
      options,
    )
    await fromGit.contents.fetch(changes)
    return { ...shared, base: 'git', changes, problems: [...problems, ...cannotRead(unreadable)] }
  }
  if (!baseline) return { ...shared, base: 'file-times', changes: touchedSince(workspace, since, options) }
  const folder = context.home.baseline(record.id)
  const contents = new ContentReader(folder, baseline.chunks)
  const { changes, unreadable, refreshed } = compareWithBaseline(workspace, baseline, contents, options)
  if (refreshed) writeManifest(folder, refreshed)
  return { ...shared, base: 'spawn', changes, problems: [...problems, ...cannotRead(unreadable)] }
}

/** What the workspace's repository says; where it can't be asked, what its ignore files say. */
async function askGit(
  context: Context,
  workspace: string,
  known: readonly string[],
): Promise<Pick<ChangesSince, 'commits' | 'ignored' | 'problems'>> {
  if (!holdsRepository(workspace)) return { commits: null, ignored: new IgnoreRules(), problems: [] }
  const look = await lookIntoGit(context, workspace, known)
  if (!('problem' in look)) return { commits: look.commits, ignored: look.ignored, problems: [] }
  const ignored = await ignoredByFiles(context, workspace)
  const lack = ignored ? 'no commits' : 'no commits, and nothing is left out'
  return { commits: null, ignored: ignored ?? new IgnoreRules(), problems: [`${look.problem}: ${lack}`] }
}

/** How many files aren't as they were at an agent's spawn, ignored ones too; undefined without a baseline. */
export function countChanges(context: Context, record: AgentRecord): number | undefined {
  const baseline = baselineOf(context, record)
  if (!baseline) return undefined
  const contents = new ContentReader(context.home.baseline(record.id), baseline.chunks)
  const options = { includeIgnored: true, skip: notWork(record) }
  const { changes, unreadable } = compareWithBaseline(record.workspace, baseline, contents, options)
  return changes.length + unreadable.length
}

function cannotRead(folders: readonly string[]): string[] {
  return folders.map((folder) => `${pathText(folder) || 'the workspace'} can't be read`)
}
