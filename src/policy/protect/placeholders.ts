import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '../../system/files.ts'
import type { HostExecuted } from './host-executed.ts'
import { kindAt } from './look.ts'

/** Something that was made in an agent's folder so that the agent can't make it. */
export interface Placeholder {
  /** The folder of the agent's. */
  root: string
  /** Relative to it. */
  path: string
  /** The content of the file that was made, or null for a folder. */
  content: string | null
}

/** Makes what is absent, and the folders on the way to it. Follows no symlink. Returns what was made, outermost first. */
export function makePlaceholders(root: string, wanted: readonly HostExecuted[]): Placeholder[] {
  const made: Placeholder[] = []
  const make = (path: string, content: string | null) => {
    if (kindAt(root, path) !== 'absent') return
    if (dirname(path) !== '.') make(dirname(path), null)
    if (kindAt(root, dirname(path)) !== 'folder') return
    if (content === null) mkdirSync(join(root, path), 0o755)
    else createFile(join(root, path), content)
    made.push({ root, path, content })
  }
  for (const { path, placeholder } of wanted) {
    make(path, placeholder.kind === 'file' ? placeholder.content : null)
  }
  return made
}

/** Removes placeholders that are still what was made. */
export function removePlaceholders(made: readonly Placeholder[]): void {
  for (const { root, path, content } of made.toReversed()) {
    const kind = kindAt(root, path)
    try {
      if (content === null) {
        if (kind === 'folder') rmdirSync(join(root, path))
      } else if (kind === 'file' && holds(join(root, path), content)) unlinkSync(join(root, path))
    } catch (error) {
      if (!['ENOTEMPTY', 'ENOENT', 'EACCES', 'EROFS'].includes(errorCode(error) ?? '')) throw error
    }
  }
}

function createFile(path: string, content: string): void {
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  )
  try {
    writeSync(fd, content)
  } finally {
    closeSync(fd)
  }
}

function holds(path: string, content: string): boolean {
  return lstatSync(path).size === Buffer.byteLength(content) && readFileSync(path, 'utf8') === content
}
