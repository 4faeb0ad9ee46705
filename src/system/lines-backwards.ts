import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const BLOCK = 65_536
const NEWLINE = 0x0a

/** The lines of a file from the last to the first, read as far as they are asked for. None if the file can't be opened. */
export function* linesBackwards(path: string): Generator<string> {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return
  }
  try {
    let tail = Buffer.alloc(0)
    for (let end = fstatSync(fd).size; end > 0; ) {
      const start = Math.max(0, end - BLOCK)
      const block = Buffer.alloc(end - start)
      readSync(fd, block, 0, block.length, start)
      tail = Buffer.concat([block, tail])
      end = start
      for (let at = tail.lastIndexOf(NEWLINE); at >= 0; at = tail.lastIndexOf(NEWLINE)) {
        if (at + 1 < tail.length) yield tail.toString('utf8', at + 1)
        tail = tail.subarray(0, at)
      }
    }
    if (tail.length > 0) yield tail.toString('utf8')
  } finally {
    closeSync(fd)
  }
}
