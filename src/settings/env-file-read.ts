import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { errorCode } from '../system/files.ts'

/** Group's and others' permission to read or write, as bits of a file's mode. */
export const ANYONE_ELSE = 0o077
/** Group's and others' permission to write. */
export const OTHER_WRITERS = 0o022

/**
 * The text of a file that only the user may have written, or undefined if there is none. Throws a {@link UserError}
 * if it is a symlink, belongs to someone else, has one of the `forbidden` permission bits, or isn't UTF-8.
 */
export function readOwnFile(path: string, forbidden: number): string | undefined {
  const fd = openOwn(path)
  if (fd === undefined) return undefined
  try {
    checkOwner(path, fstatSync(fd), forbidden)
    return decode(path, readFileSync(fd))
  } finally {
    closeSync(fd)
  }
}

function openOwn(path: string): number | undefined {
  try {
    // Without O_NONBLOCK a FIFO in its place would hang us.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') {
      throw new UserError(`${path} is a symlink: what it points to could be anyone's`, {
        fix: `replace it by the file itself: cp --remove-destination "$(readlink -f ${path})" ${path}`,
      })
    }
    if (code !== 'EACCES')
      throw new UserError(`${path} can't be read: ${(error as Error).message}`, { cause: error })
    throw new UserError(`${path} can't be read: permission denied`, {
      fix: `ls -ld '${dirname(path)}' '${path}' shows whose it is`,
      cause: error,
    })
  }
}

function checkOwner(path: string, stats: Stats, forbidden: number): void {
  if (!stats.isFile())
    throw new UserError(`${path} is not a file`, { fix: `move it away: mv ${path} ${path}.old` })
  const user = process.geteuid?.() ?? stats.uid
  if (stats.uid !== user) {
    throw new UserError(`${path} belongs to another user (uid ${stats.uid})`, {
      fix: `sudo chown ${user} ${path}`,
    })
  }
  if ((stats.mode & forbidden) === 0) return
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  const danger = (stats.mode & OTHER_WRITERS) === 0 ? 'read' : 'change'
  throw new UserError(`other users can ${danger} ${path} (mode ${mode})`, { fix: `chmod 600 ${path}` })
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new UserError(`${path} is not UTF-8 text`, { cause: error })
  }
}
