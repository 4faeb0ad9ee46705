import { closeSync, fstatSync, lstatSync, opendirSync, readSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { openBeneath } from '../../system/read-beneath.ts'

/** As many names of a folder as are looked at, and as many folders and files as are gone into at each level: an agent makes as many as it likes. */
const MOST_NAMES = 2_000
const MOST_ENTRIES = 16

/**
 * The newest regular file in an agent's home that a pattern names, relative to it; `*` stands for any part of a name.
 * Goes into no link, and where there are many folders into the last by name: they are called by dates.
 */
export function newestFile(home: string, pattern: string): string | undefined {
  const parts = pattern.split('/')
  let found = ['']
  for (const [index, part] of parts.entries()) {
    const isWanted = index === parts.length - 1 ? isFile : isFolder
    found = found
      .flatMap((folder) => namesIn(home, folder, part))
      .filter((path) => isWanted(join(home, path)))
      .slice(-MOST_ENTRIES)
  }
  if (found.length < 2) return found[0]
  const age = (path: string) => lstatSync(join(home, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return found.reduce((newest, path) => (age(path) > age(newest) ? path : newest))
}

/** The end of a file in an agent's home as text, and when it was last written, milliseconds since 1970. Undefined if it can't be read, or a link leads there. */
export function endOfFile(
  home: string,
  path: string,
  bytes: number,
): { text: string; writtenAt: number } | undefined {
  let fd: number | undefined
  try {
    fd = openBeneath(Buffer.from(realpathSync(home)), Buffer.from(path))
    if (fd === undefined) return undefined
    const { size, mtimeMs } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, bytes))
    const length = readSync(fd, buffer, 0, buffer.length, size - buffer.length)
    return { text: buffer.toString('utf8', 0, length), writtenAt: mtimeMs }
  } catch {
    // Gone, or being replaced.
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function namesIn(home: string, folder: string, part: string): string[] {
  if (!part.includes('*')) return [join(folder, part)]
  const pieces = part.split('*').map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const matches = new RegExp(`^${pieces.join('.*')}$`, 'u')
  const names: string[] = []
  try {
    const dir = opendirSync(join(home, folder))
    try {
      for (let count = 0; count < MOST_NAMES; count += 1) {
        const entry = dir.readSync()
        if (!entry) break
        if (matches.test(entry.name)) names.push(entry.name)
      }
    } finally {
      dir.closeSync()
    }
  } catch {
    // Gone, or no folder.
  }
  return names.sort().map((name) => join(folder, name))
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
