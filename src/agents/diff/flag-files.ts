import { lstatSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathText } from '../../workspace/baseline/byte-path.ts'
import type { Change } from '../../workspace/baseline/compare.ts'
import { kindOf } from '../../workspace/baseline/tree-entry.ts'
import { hostExecutedBy } from './host-executed.ts'
import type { FlaggedFile } from './report.ts'

/** The changed files that a program of the host may execute, or obey. */
export function flagFiles(workspace: string, changes: readonly Change[]): FlaggedFile[] {
  const root = realpathSync(workspace)
  return changes.flatMap(({ path, after }) => {
    if (!after) return []
    const text = pathText(path)
    const reason = hostExecutedBy({
      path: text,
      isSymlink: kindOf(after.mode) === 'symlink',
      text: () => after.read()?.toString('utf8'),
      exists: (other) => lstatSync(join(root, other), { throwIfNoEntry: false }) !== undefined,
    })
    return reason === undefined ? [] : [{ path: text, reason }]
  })
}

/** Without what belongs to a repository itself, unless it is flagged. */
export function withoutRepositories(changes: readonly Change[], flagged: readonly FlaggedFile[]): Change[] {
  const kept = new Set(flagged.map(({ path }) => path))
  return changes.filter(({ path }) => !/(^|\/)\.git(\/|$)/.test(path) || kept.has(pathText(path)))
}
