import { realpathSync } from 'node:fs'
import type { BytePath } from './byte-path.ts'
import type { ContentSource } from './content-store.ts'
import type { Baseline, BaselineEntry } from './manifest.ts'
import { readEntry } from './read-entry.ts'
import { Scope, type ScopeOptions } from './scope.ts'
import { isSame, kindOf, reportedMode, type TreeEntry } from './tree-entry.ts'
import { walkTree } from './walk-tree.ts'

/** A clock tick of file times, with room: a file written to in the tick of the last look has the times that were seen. */
const TICK_MS = 20

/** One side of a change. */
export interface Side {
  mode: number
  /** Bytes; null if it isn't known. */
  size: number | null
  /** SHA-1 of its content, hex, as git gives it to a blob; undefined if it isn't known. */
  hash: string | undefined
  /** Its content as it is now, valid until the next call; undefined if there is none to be had. */
  read: () => Buffer | undefined
}

/** Something that isn't as it was. */
export interface Change {
  path: BytePath
  /** Undefined: it wasn't there. */
  before: Side | undefined
  /** Undefined: it is gone. */
  after: Side | undefined
}

/** What has changed. */
export interface Comparison {
  changes: Change[]
  /** Folders that can't be read now. */
  unreadable: BytePath[]
  /** The baseline with the file times of now, where many files had to be read only to find them unchanged. */
  refreshed: Baseline | undefined
}

/** So many files read for nothing make it worth to write the manifest anew. */
const MANY_READ = 500

/**
 * Compares a workspace with its baseline, in the order of the paths. Reads only files that have
 * been touched since.
 */
export function compareWithBaseline(
  workspace: string,
  baseline: Baseline,
  contents: ContentSource,
  options: ScopeOptions = {},
): Comparison {
  const startedMs = Date.now()
  const root = realpathSync(workspace, 'buffer')
  const known = new Map(baseline.entries.map((entry) => [entry.path, entry]))
  const scope = new Scope(known, options)
  const { entries, unreadable } = walkTree(workspace, { skip: scope.leavesOut })
  const changes: Change[] = []
  const found = new Set<BytePath>()
  const refreshed = new Map<BytePath, TreeEntry>()
  for (const entry of entries) {
    const { path } = entry
    found.add(path)
    const was = known.get(path)
    if (was && isSame(was, entry) && !isRacy(was, baseline.finishedMs)) continue
    if (was && hasSameContent(root, was, entry)) refreshed.set(path, entry)
    else changes.push({ path, before: was && sideBefore(contents, was), after: sideNow(root, entry) })
  }
  for (const was of baseline.entries) {
    if (found.has(was.path) || (was.isIgnored && !options.includeIgnored) || options.skip?.(was.path))
      continue
    if (
      unreadable.some((folder) => folder === '' || was.path === folder || was.path.startsWith(`${folder}/`))
    )
      continue
    changes.push({ path: was.path, before: sideBefore(contents, was), after: undefined })
  }
  changes.sort((a, b) => (a.path < b.path ? -1 : 1))
  const isWorthIt = refreshed.size >= MANY_READ
  return {
    changes,
    unreadable,
    refreshed: isWorthIt ? refresh(baseline, refreshed, changes, startedMs) : undefined,
  }
}

/** Whether a file may have changed although it looks the same. Of one that was never read, nothing tells. */
function isRacy({ ctimeMs, hash }: BaselineEntry, finishedMs: number): boolean {
  return hash !== undefined && ctimeMs >= finishedMs - TICK_MS
}

/** A side that lies in the workspace now. */
export function sideNow(root: Buffer, entry: TreeEntry): Side {
  return {
    mode: entry.mode,
    size: entry.size,
    get hash() {
      return readEntry(root, entry)?.hash
    },
    read: () => readEntry(root, entry)?.bytes,
  }
}

function sideBefore(contents: ContentSource, { mode, size, hash, place }: BaselineEntry): Side {
  return { mode, size, hash, read: () => contents.read({ place, size, hash }) }
}

/** Whether a touched file is what it was, as far as is reported. */
function hasSameContent(root: Buffer, was: BaselineEntry, now: TreeEntry): boolean {
  if (reportedMode(was.mode) !== reportedMode(now.mode)) return false
  const kind = kindOf(now.mode)
  if (kind !== 'file' && kind !== 'symlink') return true
  if (was.hash === undefined || was.size !== now.size) return false
  return readEntry(root, now)?.hash === was.hash
}

/** What has changed keeps no time: within a tick, times that were seen may be those of a changed file. */
function refresh(
  baseline: Baseline,
  seen: ReadonlyMap<BytePath, TreeEntry>,
  changes: readonly Change[],
  startedMs: number,
): Baseline {
  const changed = new Set(changes.map(({ path }) => path))
  const entries = baseline.entries.map((entry) =>
    changed.has(entry.path) ? { ...entry, ctimeMs: 0 } : { ...entry, ...seen.get(entry.path) },
  )
  return { ...baseline, finishedMs: startedMs, entries }
}
