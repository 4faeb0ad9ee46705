import { pathText } from '../../workspace/baseline/byte-path.ts'
import type { Change } from '../../workspace/baseline/compare.ts'
import type { SummaryLine } from '../../workspace/baseline/parse-summary.ts'
import { nameOf } from '../../workspace/baseline/scratch-git.ts'
import { kindOf, reportedMode } from '../../workspace/baseline/tree-entry.ts'
import type { FileDiff, FileStatus } from './report.ts'

const STATUS: Record<string, FileStatus> = { A: 'added', D: 'deleted', R: 'renamed', T: 'changed' }

/** What git says of numbered files, as the files themselves. What differs in nothing that git knows is a change of mode or kind. */
export function fileDiffs(changes: readonly Change[], lines: readonly SummaryLine[]): FileDiff[] {
  const told = new Set(lines.flatMap(({ before, after }) => [before, after]))
  const untold = changes.flatMap((_, index): SummaryLine[] => {
    const name = nameOf(index)
    return told.has(name) ? [] : [{ status: 'M', before: name, after: name, added: 0, deleted: 0 }]
  })
  return [...lines, ...untold]
    .flatMap((line) => fileDiff(changes, line) ?? [])
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function fileDiff(changes: readonly Change[], line: SummaryLine): FileDiff | undefined {
  const was = changes[Number(line.before)]
  const is = changes[Number(line.after)]
  const before = line.status === 'A' ? undefined : was?.before
  const after = line.status === 'D' ? undefined : is?.after
  const side = after ?? before
  if (!was || !is || !side) return undefined
  const kind = kindOf(side.mode)
  const isOtherKind = before && after && kindOf(before.mode) !== kind
  return {
    path: pathText(is.path),
    old_path: line.status === 'R' ? pathText(was.path) : null,
    status: isOtherKind ? 'changed' : (STATUS[line.status] ?? 'modified'),
    kind,
    old_mode: before ? reportedMode(before.mode).toString(8).padStart(6, '0') : null,
    new_mode: after ? reportedMode(after.mode).toString(8).padStart(6, '0') : null,
    added: line.added,
    deleted: line.deleted,
    binary: line.added === null,
  }
}
