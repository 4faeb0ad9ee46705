import { isAbsolute, join, resolve } from 'node:path'
import { executableAt } from './paths.ts'

/** Where a name was found. */
export interface Found {
  path: string
  /** Its folder's place in the search path; -1 if it was named by a path. */
  rank: number
}

/** Why nothing was found. */
export interface NotFound {
  missing: 'not-found' | 'not-executable'
  /** The folders that were looked into, or the files that can't be executed. */
  looked: string[]
}

/** The folders of a search path. Relative ones are left out: what they hold depends on where one stands. */
export function foldersOf(searchPath: string): string[] {
  return [...new Set(searchPath.split(':').filter((folder) => isAbsolute(folder)))]
}

/** Finds a program as a shell does: a name in the folders, a path with a `/` as it is. */
export function findProgram(command: string, folders: readonly string[]): Found | NotFound {
  const byPath = command.includes('/')
  const places = byPath ? [resolve(command)] : folders.map((folder) => join(folder, command))
  const refused: string[] = []
  for (const [rank, path] of places.entries()) {
    const kind = command === '' ? undefined : executableAt(path)
    if (kind === 'executable') return { path, rank: byPath ? -1 : rank }
    if (kind === 'not-executable') refused.push(path)
  }
  if (refused.length > 0) return { missing: 'not-executable', looked: refused }
  return { missing: 'not-found', looked: byPath ? places : [...folders] }
}
