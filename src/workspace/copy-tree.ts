import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  type Dirent,
  fchmodSync,
  fstatSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { errorCode } from '../system/files.ts'
import { systemError } from '../system/system-error.ts'

/** What an entry of a tree is. */
export type EntryKind = 'file' | 'folder' | 'link'

/** How far a copy has come. */
export interface CopyCount {
  files: number
  bytes: number
}

/** How to copy. */
export interface CopyOptions {
  /** Leaves an entry out, with all below it. `path` is relative to the source. */
  skip?: (path: string, kind: EntryKind) => boolean
  /** Called about 20 times a second; a throw ends the copy. */
  onProgress?: (count: CopyCount) => void
  /** What the target already has stays as it is; otherwise it is an error. */
  keepExisting?: boolean
  /** Somebody else may change the source meanwhile, and put links where files were. */
  live?: boolean
}

/** What a copy came to. */
export interface CopyResult extends CopyCount {
  /** Sockets, FIFOs and devices, which aren't copied; relative paths. */
  special: string[]
}

/** A path; as bytes where a part of it isn't UTF-8. */
type RawPath = string | Buffer

const onLinux = process.platform === 'linux'
/** Darwin's flag that refuses a symlink in any part of the path; Node has no name for it. */
const O_NOFOLLOW_ANY = process.platform === 'darwin' ? 0x20000000 : 0
// O_NONBLOCK: what was a file a moment ago may be a FIFO now, whose opening would block.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | O_NOFOLLOW_ANY
/** Read, write and execute for user, group and others: a copy belongs to who makes it, so setuid would mean somebody else. */
const PERMISSIONS = 0o777
/** Up to so many bytes a file is small. */
const SMALL = 64 * 1024
/** One byte more tells that a file isn't small any more. */
const small = Buffer.allocUnsafe(SMALL + 1)
/** How long the process may be deaf to signals, in milliseconds. */
const SLICE_MS = 50

/**
 * Copies a folder into another, which is made if need be: blocks are shared where the file system can (reflink), modes
 * and times are kept, symlinks are copied as links and never followed, holes and owners aren't kept. Entries are
 * reached from the descriptor of their folder, so that nothing which is swapped for a link meanwhile leads elsewhere;
 * what vanishes meanwhile is left out. Throws a {@link UserError} on what can't be read.
 */
export async function copyTree(
  source: string,
  target: string,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const copy = new TreeCopy(options)
  const folder = openSync(source, OPEN_FLAGS | constants.O_DIRECTORY)
  try {
    await copy.content({ fd: folder, path: source, name: '' }, target)
  } finally {
    closeSync(folder)
  }
  return copy.result
}

/** An entry that is held open: `name` is its path below the source, for messages and rules. */
interface Held {
  fd: number
  path: RawPath
  name: string
}

class TreeCopy {
  readonly result: CopyResult = { files: 0, bytes: 0, special: [] }
  private readonly options: CopyOptions
  /** Whether blocks can be shared between source and target; undefined until it was tried. */
  private sharing: boolean | undefined
  private sliceEnds = performance.now() + SLICE_MS

  constructor(options: CopyOptions) {
    this.options = options
  }

  /** Copies what is in a folder; the target's own mode and times are the caller's. */
  async content(source: Held, target: RawPath): Promise<void> {
    makeFolder(target)
    const base = onLinux ? `/proc/self/fd/${source.fd}` : source.path
    for (const entry of readEntries(base, source.name)) {
      await this.entry(entry, { base, folder: source.name }, target)
      if (performance.now() >= this.sliceEnds) await this.pause()
    }
  }

  private async folder(source: Held, stats: Stats, target: RawPath): Promise<void> {
    await this.content(source, target)
    chmodSync(target, stats.mode & PERMISSIONS)
    utimesSync(target, stats.atimeMs / 1000, stats.mtimeMs / 1000)
  }

  private async entry(
    entry: Dirent<Buffer>,
    { base, folder }: { base: RawPath; folder: string },
    target: RawPath,
  ): Promise<void> {
    const raw = rawName(entry.name)
    const name = folder === '' ? String(raw) : `${folder}/${raw}`
    const kind = kindOf(entry)
    if (kind === undefined) this.result.special.push(name)
    else if (!this.options.skip?.(name, kind)) {
      const [from, to] = [child(base, raw), child(target, raw)]
      if (kind === 'link') this.link(from, to, name)
      else await this.opened(from, to, name, kind)
    }
  }

  private async opened(from: RawPath, to: RawPath, name: string, kind: EntryKind): Promise<void> {
    const fd = attempt(name, () =>
      openSync(from, OPEN_FLAGS | (kind === 'folder' ? constants.O_DIRECTORY : 0)),
    )
    if (fd === undefined) return
    try {
      const stats = fstatSync(fd)
      if (kind === 'folder') await this.folder({ fd, path: from, name }, stats, to)
      else if (stats.isFile()) this.file({ fd, path: from, name }, stats, to)
    } finally {
      closeSync(fd)
    }
  }

  private file({ fd, path, name }: Held, stats: Stats, target: RawPath): void {
    // On macOS only a path can share blocks, and only a descriptor is safe from being swapped.
    const from = onLinux ? `/proc/self/fd/${fd}` : this.options.live ? `/dev/fd/${fd}` : path
    const made = this.make(name, () => {
      if (stats.size <= SMALL && this.sharing === false && copySmall(fd, target, stats)) return
      this.copyBlocks(from, target, stats.size)
      if (stats.mode & ~PERMISSIONS & 0o7777) chmodSync(target, stats.mode & PERMISSIONS)
      utimesSync(target, stats.atimeMs / 1000, stats.mtimeMs / 1000)
    })
    if (!made) return
    this.result.files += 1
    this.result.bytes += stats.size
  }

  /** Shares blocks or copies; finds out with the first file that has any which of them. */
  private copyBlocks(from: RawPath, target: RawPath, size: number): void {
    const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = constants
    if (this.sharing === undefined && size > 0) {
      try {
        copyFileSync(from, target, COPYFILE_FICLONE_FORCE | COPYFILE_EXCL)
        this.sharing = true
        return
      } catch (error) {
        if (errorCode(error) === 'EEXIST') throw error
        this.sharing = false
      }
    }
    copyFileSync(from, target, COPYFILE_FICLONE | COPYFILE_EXCL)
  }

  private link(from: RawPath, to: RawPath, name: string): void {
    const found = attempt(name, () => ({ text: readlinkSync(from, 'buffer'), stats: lstatSync(from) }))
    if (found === undefined || !this.make(name, () => symlinkSync(found.text, to))) return
    lutimesSync(to, found.stats.atimeMs / 1000, found.stats.mtimeMs / 1000)
  }

  /** Runs what makes an entry of the target. Returns whether it did: not if the target has one that stays. */
  private make(name: string, fn: () => void): boolean {
    try {
      fn()
      return true
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && this.options.keepExisting) return false
      throw cannotCopy(name, error)
    }
  }

  private async pause(): Promise<void> {
    await setImmediate()
    this.options.onProgress?.(this.result)
    this.sliceEnds = performance.now() + SLICE_MS
  }
}

/**
 * Copies a small file by what is read of its descriptor: half as many system calls as by its path. Returns false, with
 * nothing done, if it has become larger meanwhile.
 */
function copySmall(fd: number, target: RawPath, stats: Stats): boolean {
  // Short of what it had, or of the buffer, a read has come to the end.
  const length = readSync(fd, small, 0, small.length, 0)
  if (length > SMALL) return false
  const copy = openSync(target, 'wx', stats.mode & PERMISSIONS)
  try {
    for (let at = 0; at < length; ) at += writeSync(copy, small, at, length - at)
    // The umask has had its say at the opening.
    fchmodSync(copy, stats.mode & PERMISSIONS)
    futimesSync(copy, stats.atimeMs / 1000, stats.mtimeMs / 1000)
  } finally {
    closeSync(copy)
  }
  return true
}

function readEntries(base: RawPath, name: string): Dirent<Buffer>[] {
  return attempt(name, () => readdirSync(base, { withFileTypes: true, encoding: 'buffer' })) ?? []
}

/** A name as text, or its bytes if they aren't UTF-8. */
function rawName(bytes: Buffer): RawPath {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? bytes : text
}

function child(folder: RawPath, name: RawPath): RawPath {
  if (typeof folder === 'string' && typeof name === 'string') return `${folder}/${name}`
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)])
}

function kindOf(entry: Dirent<Buffer>): EntryKind | undefined {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : undefined
}

/** 0700 until all is in it: the source's own mode may forbid to write. */
function makeFolder(path: RawPath): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    chmodSync(path, 0o700)
  }
}

/** Looks at the source. Undefined if the entry has vanished, or become something else, since its folder was read. */
function attempt<T>(name: string, look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EINVAL'].includes(errorCode(error) ?? '')) return undefined
    throw cannotCopy(name, error)
  }
}

function cannotCopy(name: string, error: unknown): UserError {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError(`${name || 'the folder'} can't be read: permission denied`, {
      fix: 'make it readable, or leave it out by a line in .agentvmignore',
      cause: error,
    })
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(`there is no space left for the copy (at ${name})`, {
      fix: 'agentvm trash empty, or remove something else',
      cause: error,
    })
  }
  const { message } = error as Error
  return systemError(error as Error) ?? new UserError(`${name} can't be copied: ${message}`, { cause: error })
}
