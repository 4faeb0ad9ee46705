import { closeSync, constants, fstatSync, openSync, readlinkSync, writeSync } from 'node:fs'

/** The device of the terminal that this process has, by its path; undefined if it has none, or, on macOS, nothing tells. */
export function callersTerminal(): string | undefined {
  for (const fd of [2, 1, 0]) {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      if (path.startsWith('/dev/pts/') || /^\/dev\/tty\w*\d+$/.test(path)) return path
    } catch {
      // No such file system.
    }
  }
  return undefined
}

/** Rings the bell of a terminal. Does nothing if it is gone, is nobody's of ours any more, or doesn't take it at once. */
export function ringBell(path: string): void {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const stats = fstatSync(fd)
    if (stats.isCharacterDevice() && stats.uid === process.getuid?.()) writeSync(fd, '\x07')
  } catch {
    // It has been closed.
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
