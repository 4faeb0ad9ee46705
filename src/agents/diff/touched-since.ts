import { lstatSync, realpathSync } from 'node:fs'
import { pathBytes } from '../../workspace/baseline/byte-path.ts'
import { type Change, type Side, sideNow } from '../../workspace/baseline/compare.ts'
import { Scope, type ScopeOptions } from '../../workspace/baseline/scope.ts'
import { walkTree } from '../../workspace/baseline/walk-tree.ts'

/**
 * Files that were made or touched since a time, as far as file times tell: what was deleted isn't seen, and what a
 * touched file held before isn't known.
 */
export function touchedSince(workspace: string, since: string, options: ScopeOptions): Change[] {
  const sinceMs = Date.parse(since)
  const root = realpathSync(workspace, 'buffer')
  const scope = new Scope(new Map(), options)
  const { entries } = walkTree(workspace, { skip: scope.leavesOut })
  return entries
    .filter(({ ctimeMs, mtimeMs }) => Math.max(ctimeMs, mtimeMs) >= sinceMs)
    .map((entry): Change => {
      const path = Buffer.concat([root, Buffer.from('/'), pathBytes(entry.path)])
      const isNew = (lstatSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0) >= sinceMs
      const before: Side = { mode: entry.mode, size: null, hash: undefined, read: () => undefined }
      return { path: entry.path, before: isNew ? undefined : before, after: sideNow(root, entry) }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
