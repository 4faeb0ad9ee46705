import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs'

/** Darwin's flag that refuses a symlink in any part of the path; Node has no name for it. */
const O_NOFOLLOW_ANY = 0x20000000

const FLAGS =
  constants.O_RDONLY |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK |
  (process.platform === 'darwin' ? O_NOFOLLOW_ANY : 0)

/**
 * Opens a regular file below a folder that somebody else may be changing right now. Returns undefined if it is gone,
 * isn't a regular file, can't be read, or was reached through a symlink. Never blocks on a FIFO. `root` must be a real
 * path (`realpath`). The caller closes the descriptor.
 */
export function openBeneath(root: Buffer, path: Buffer): number | undefined {
  const full = Buffer.concat([root, SLASH, path])
  let fd: number | undefined
  try {
    fd = openSync(full, FLAGS)
    if (fstatSync(fd).isFile() && isReallyAt(fd, full)) return fd
  } catch {
    // Gone, a symlink, or unreadable.
  }
  if (fd !== undefined) closeSync(fd)
  return undefined
}

/** Reads from the beginning of a descriptor until `buffer` is full or the file ends. Returns how many bytes there were. */
export function readFully(fd: number, buffer: Buffer): number {
  let length = 0
  while (length < buffer.length) {
    const count = readSync(fd, buffer, length, buffer.length - length, length)
    if (count === 0) break
    length += count
  }
  return length
}

const SLASH = Buffer.from('/')

/** A folder on the way may have become a symlink between the look and the open: the kernel knows where the file lies. */
function isReallyAt(fd: number, full: Buffer): boolean {
  if (process.platform !== 'linux') return true
  return readlinkSync(`/proc/self/fd/${fd}`, 'buffer').equals(full)
}
