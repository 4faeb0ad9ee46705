import type { Readable } from 'node:stream'
import { UserError } from '../../errors.ts'
import { errorCode } from '../../system/files.ts'
import type { BytePath } from '../../workspace/baseline/byte-path.ts'
import { parseSummary } from '../../workspace/baseline/parse-summary.ts'
import type { Context } from '../context.ts'
import { settledAgent } from '../end/settled-agent.ts'
import type { AgentRecord } from '../state/record.ts'
import { type ChangesSince, changesSince } from './changes-since.ts'
import { fileDiffs } from './file-diffs.ts'
import { flagFiles, withoutRepositories } from './flag-files.ts'
import type { DiffReport } from './report.ts'
import { withScratchGit } from './with-scratch-git.ts'

/** The differences line by line, as git prints them, but with numbers for names: those of `paths`. */
export interface Patch {
  paths: readonly BytePath[]
  read: () => Promise<Readable>
}

/** How to look. */
export interface DiffOptions {
  /** Also what git's ignore rules leave out. */
  ignored: boolean
}

/**
 * Says what has changed in an agent's workspace since its spawn. `show` gets the differences while they can be read.
 * Executes nothing that the agent has written or configured, but in a sandbox.
 */
export async function diffAgent(
  context: Context,
  name: string,
  options: DiffOptions,
  show: (report: DiffReport, patch: Patch) => Promise<void> = async () => {},
): Promise<DiffReport> {
  const record = await settledAgent(context, name)
  const found = await changesSince(context, record, options.ignored).catch((error) => {
    throw errorCode(error) === 'ENOENT' && error.path === record.workspace ? noWorkspace(record) : error
  })
  const flagged = flagFiles(record.workspace, found.changes)
  const changes = withoutRepositories(found.changes, flagged)
  return withScratchGit(context, async (git) => {
    if (changes.length > 0) await git.take(changes)
    const files = changes.length > 0 ? fileDiffs(changes, parseSummary(await git.summary())) : []
    const report = reportOf(record, { ...found, changes }, { files, flagged, ignored: options.ignored })
    await show(report, { paths: changes.map(({ path }) => path), read: () => git.patch() })
    return report
  })
}

function reportOf(
  { name, id, workspace }: AgentRecord,
  { base, since, commits, ignored: left, problems }: ChangesSince,
  { files, flagged, ignored }: Pick<DiffReport, 'files' | 'flagged'> & { ignored: boolean },
): DiffReport {
  const sum = (key: 'added' | 'deleted') => files.reduce((total, file) => total + (file[key] ?? 0), 0)
  return {
    ...{ name, id, workspace, base, since, files, added: sum('added'), deleted: sum('deleted') },
    ...{ commits, flagged, ignored: ignored ? null : left.count, problems },
  }
}

function noWorkspace({ name, workspace }: AgentRecord): UserError {
  return new UserError(`the workspace of '${name}' is gone: ${workspace}`, { fix: `agentvm info ${name}` })
}
