import { constants, type Stats } from 'node:fs'
import type { BytePath } from './byte-path.ts'

/** What lies at a path: everything but a folder. */
export interface TreeEntry {
  path: BytePath
  /** `st_mode` as the system gives it. */
  mode: number
  /** Bytes. */
  size: number
  mtimeMs: number
  /** Nobody can set it: a file with the same one hasn't been written to. */
  ctimeMs: number
  ino: number
}

/** Kinds of entries. */
export type EntryKind = 'file' | 'symlink' | 'fifo' | 'socket' | 'device'

/** An entry from what `lstat` said. */
export function entryOf(path: BytePath, { mode, size, mtimeMs, ctimeMs, ino }: Stats): TreeEntry {
  return { path, mode, size, mtimeMs, ctimeMs, ino }
}

/** What kind of thing a mode is of. */
export function kindOf(mode: number): EntryKind {
  const type = mode & constants.S_IFMT
  if (type === constants.S_IFREG) return 'file'
  if (type === constants.S_IFLNK) return 'symlink'
  if (type === constants.S_IFIFO) return 'fifo'
  return type === constants.S_IFSOCK ? 'socket' : 'device'
}

/**
 * The part of a mode whose change is reported, in git's form: the type, whether the owner may execute it, and set-id
 * bits. The rest depends on the umask of whoever wrote the file last.
 */
export function reportedMode(mode: number): number {
  const type = mode & constants.S_IFMT
  if (type === constants.S_IFLNK) return type
  return type | (mode & 0o6000) | (mode & 0o100 ? 0o755 : 0o644)
}

/** Whether two looks at a path saw the same, untouched thing. */
export function isSame(a: TreeEntry, b: TreeEntry): boolean {
  return (
    a.ctimeMs === b.ctimeMs &&
    a.mtimeMs === b.mtimeMs &&
    a.size === b.size &&
    a.ino === b.ino &&
    a.mode === b.mode
  )
}
