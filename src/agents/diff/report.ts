import type { EntryKind } from '../../workspace/baseline/tree-entry.ts'
import type { Commit } from './git-look.ts'

/** What became of a file. `changed` stands for another kind of thing in its place. */
export type FileStatus = 'added' | 'modified' | 'deleted' | 'renamed' | 'changed'

/** A file that isn't as it was. */
export interface FileDiff {
  /** Relative to the workspace; bytes that aren't UTF-8 are U+FFFD. */
  path: string
  /** Where it was before it was renamed. */
  old_path: string | null
  status: FileStatus
  /** What it is now, or was. */
  kind: EntryKind
  /** Octal, in git's form: `100644`. Null where there is no such side. */
  old_mode: string | null
  new_mode: string | null
  /** Lines; null if it can't be compared line by line. */
  added: number | null
  deleted: number | null
  /** Not text, or too large to be compared, or its former content isn't kept. */
  binary: boolean
}

/** A changed file by which an agent can make a program of the host execute something. */
export interface FlaggedFile {
  path: string
  reason: string
}

/** What has changed in an agent's workspace: what `diff --json` prints. */
export interface DiffReport {
  name: string
  id: string
  workspace: string
  /** What it is compared with: the workspace as it was at the spawn, or, without a baseline, what git or the file times tell. */
  base: 'spawn' | 'git' | 'file-times'
  /** ISO 8601 UTC. */
  since: string
  files: FileDiff[]
  added: number
  deleted: number
  /** Null if the workspace holds no repository that could be asked. */
  commits: Commit[] | null
  flagged: FlaggedFile[]
  /** Files and folders that git's ignore rules left out; null if they weren't looked at. */
  ignored: number | null
  /** What couldn't be found out. */
  problems: string[]
}
