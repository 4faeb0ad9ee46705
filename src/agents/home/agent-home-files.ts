import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '../../system/files.ts'

/** A regular file that was read whole. */
export interface WholeFile {
  content: Buffer
  /** Permission bits. */
  mode: number
}

/**
 * Reads a regular file, never through a symlink at its place, never more than `most` bytes. Undefined if it isn't
 * there; the reason in words if it can't be read so.
 */
export function readRegularFile(path: string, most: number): WholeFile | string | undefined {
  let fd: number
  try {
    // Without O_NONBLOCK a FIFO in its place would hang us.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return code === 'ELOOP' ? 'is a symlink' : `can't be read (${code})`
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) return 'is not a regular file'
    if (stats.size > most) return `is larger than ${most} bytes`
    const content = readFileSync(fd)
    return content.length > most ? `is larger than ${most} bytes` : { content, mode: stats.mode & 0o777 }
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes the folders that lead to a path below an agent's home. Returns false, having made nothing beyond it, where
 * something that isn't a folder stands in the way: an agent may have planted a link there.
 */
export function makeFoldersTo(home: string, path: string): boolean {
  const folder = dirname(path)
  if (folder === '.') return true
  let at = home
  for (const part of folder.split('/')) {
    at = join(at, part)
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (stats && !stats.isDirectory()) return false
    if (!stats) mkdirSync(at, { mode: 0o700 })
  }
  return true
}

/** Makes a new file below an agent's home. Returns false if the name is taken. Its folders must be there. */
export function createFile(path: string, { content, mode }: WholeFile): boolean {
  return unlessTaken(() => {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const fd = openSync(path, flags, mode & 0o700)
    try {
      writeFileSync(fd, content)
    } finally {
      closeSync(fd)
    }
  })
}

/** Makes a symlink. Returns false if the name is taken. */
export function createLink(path: string, target: string): boolean {
  return unlessTaken(() => symlinkSync(target, path))
}

function unlessTaken(make: () => void): boolean {
  try {
    make()
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}
