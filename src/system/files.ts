import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { processStart } from './processes.ts'

/** The error code of a failed system call, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}

/** The text of a file, or undefined if there is none. Other failures throw. */
export function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Names of what lies in a folder, in no order; none if it can't be read. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Changes whenever the file does, or another takes its name. Empty if there is none. Follows no link. */
export function fileVersion(path: string): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : ''
}

/**
 * Makes a folder and its parents, private to the user (0700). Not by Node's `recursive`: where the parent is there but
 * takes no folder (`/proc`), that one tries for ever. Throws a {@link UserError} then.
 */
export function makePrivateDir(path: string): void {
  try {
    makeDir(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // Where the parent is there, somebody has made it since: the second time tells.
    if (!existsSync(dirname(path))) makePrivateDir(dirname(path))
    makeIn(path)
  }
}

/** Makes a folder whose parent is there, as far as one can see. */
function makeIn(path: string): void {
  try {
    makeDir(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new UserError(`${path}: no folder can be made there`, {
      fix: 'set AGENTVM_HOME to a folder on a disk',
      cause: error,
    })
  }
}

function makeDir(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}

/** How to write a file. */
export interface WriteOptions {
  mode?: number
  /** False for what means nothing any more once the machine has gone down: it isn't forced to the disk, which costs milliseconds. */
  durable?: boolean
  /** Removes what writers of this file that have died left beside it: for where nobody else looks after that. */
  tidy?: boolean
}

/** Replaces a file as a whole: a reader, or a crash, sees the old content or the new, never a part. Never follows a symlink at `path`. */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): void {
  const temporary = writeTemporary(path, content, options)
  try {
    renameSync(temporary, path)
  } catch (error) {
    removeQuietly(temporary)
    throw error
  }
}

/** {@link writeFileAtomic} to the disk without holding up what else this process does: for one of many agents that start or end at once. */
export async function writeFileDurably(path: string, content: string): Promise<void> {
  const { temporary, fd } = openTemporary(path, 0o600)
  try {
    try {
      withPath(path, () => writeFileSync(fd, content))
      await toDisk(fd, path)
    } finally {
      closeSync(fd)
    }
    // It waits for what the disk does for others.
    await rename(temporary, path)
  } catch (error) {
    removeQuietly(temporary)
    throw error
  }
}

function toDisk(fd: number, path: string): Promise<void> {
  return new Promise((resolve, reject) =>
    fsync(fd, (error) => (error ? reject(Object.assign(error, { path })) : resolve())),
  )
}

/** Makes a file with its whole content at once. Returns false, changing nothing, if the name is taken. */
export function createFileAtomic(path: string, content: string, options: WriteOptions = {}): boolean {
  const temporary = writeTemporary(path, content, options)
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    if (!NO_HARD_LINKS.test(errorCode(error) ?? '')) throw error
    return takeName(temporary, path)
  } finally {
    removeQuietly(temporary)
  }
}

/** What a file system says that has no hard links, such as a share or one made by FUSE. */
const NO_HARD_LINKS = /^(?:EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP)$/

/** There the name is taken by an empty file first, which a crash in between leaves. */
function takeName(temporary: string, path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  renameSync(temporary, path)
  return true
}

/** What stays, because the disk fails, is removed by the next command that sweeps. What was done is done, and what went wrong before is what is told. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

/** Gives an error of a call on a descriptor, or on a file that nobody knows, the path that is meant. */
function withPath<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { path })
    throw error
  }
}

/**
 * Appends in one write, so that lines of several processes don't mix. Makes the file (0600) if need be. A line before it
 * that a crash has cut short doesn't take this one along.
 */
export function appendLine(path: string, line: string): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600)
  try {
    withPath(path, () => writeSync(fd, `${endsInLine(fd) ? '' : '\n'}${line}\n`))
  } finally {
    closeSync(fd)
  }
}

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd)
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(fd, last, 0, 1, size - 1)
  return last[0] === 0x0a
}

/** Whether a file of that path is the temporary of a process that has died before it could give it its real name. */
export function isDeadTemporary(path: string): boolean {
  const pid = /^\..*\.(\d+)\.[0-9a-f]{8}$/.exec(basename(path))?.[1]
  return pid !== undefined && processStart(Number(pid)) === undefined
}

function removeDeadTemporaries(path: string): void {
  const folder = dirname(path)
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name.startsWith(`.${basename(path)}.`) && isDeadTemporary(name))
      rmSync(join(folder, name), { force: true })
  }
}

function writeTemporary(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600, durable = true, tidy = false }: WriteOptions,
): string {
  if (tidy) removeDeadTemporaries(path)
  const { temporary, fd } = openTemporary(path, mode)
  try {
    withPath(path, () => {
      writeFileSync(fd, content)
      if (durable) fsyncSync(fd)
    })
  } catch (error) {
    removeQuietly(temporary)
    throw error
  } finally {
    closeSync(fd)
  }
  return temporary
}

function openTemporary(path: string, mode: number): { temporary: string; fd: number } {
  // Any number will do: O_EXCL sees to the rest, and loading node:crypto takes 7 ms.
  const random = Math.floor(Math.random() * 2 ** 32).toString(16)
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${random.padStart(8, '0')}`)
  // Of that file, not of its temporary, tells an error.
  const fd = withPath(path, () =>
    openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode),
  )
  return { temporary, fd }
}
