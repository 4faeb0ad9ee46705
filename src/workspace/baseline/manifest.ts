import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { errorCode, writeFileAtomic } from '../../system/files.ts'
import type { BytePath } from './byte-path.ts'
import type { Chunks, ContentPlace } from './content-store.ts'
import type { TreeEntry } from './tree-entry.ts'

const FORMAT = 1
const HASH_BYTES = 20

/** One entry as it was when the baseline was taken. */
export interface BaselineEntry extends TreeEntry {
  /** SHA-1 of its content in git's form, hex; undefined if it was too large to be read, or has no content. */
  hash: string | undefined
  /** Where its content is kept; undefined if it isn't. */
  place: ContentPlace | undefined
  /** Left out of a git workspace by its ignore rules. */
  isIgnored: boolean
}

/** What a repository was at when the baseline was taken. */
export interface GitState {
  /** Object names of everything that refs pointed to, the current commit first. */
  tips: string[]
}

/** What a baseline says of the whole workspace. */
interface BaselineFacts {
  /** ISO 8601 UTC. */
  takenAt: string
  /** Milliseconds since 1970 when the last file had been read. */
  finishedMs: number
  /** Null if it held no git repository, or none that could be read. */
  git: GitState | null
  chunks: Chunks
}

/** A workspace as it was at one time. */
export interface Baseline extends BaselineFacts {
  entries: BaselineEntry[]
}

/** No chunk: the content isn't kept. */
const NOWHERE = -1

/**
 * Writes `manifest` into a baseline's folder: one line of JSON, then the numbers of all entries as columns, then the
 * paths. 100,000 entries must be read in a fraction of a second.
 */
export function writeManifest(folder: string, { entries, ...facts }: Baseline): void {
  const column = (value: (entry: BaselineEntry) => number) =>
    Buffer.from(Float64Array.from(entries, value).buffer)
  const hashes = Buffer.alloc(entries.length * HASH_BYTES)
  for (const [index, { hash }] of entries.entries()) if (hash) hashes.write(hash, index * HASH_BYTES, 'hex')
  const paths = Buffer.from(entries.map(({ path }) => path).join('\0'), 'latin1')
  const header = JSON.stringify({ format: FORMAT, count: entries.length, ...facts })
  const parts = [...COLUMNS.map(column), hashes, paths]
  writeFileAtomic(join(folder, 'manifest'), Buffer.concat([Buffer.from(`${header}\n`), ...parts]))
}

const COLUMNS: ((entry: BaselineEntry) => number)[] = [
  (entry) => entry.mode,
  (entry) => entry.size,
  (entry) => entry.mtimeMs,
  (entry) => entry.ctimeMs,
  (entry) => entry.ino,
  (entry) => entry.place?.chunk ?? NOWHERE,
  (entry) => entry.place?.offset ?? 0,
  (entry) => (entry.isIgnored ? 1 : 0) + (entry.hash === undefined ? 0 : 2),
]

/** Reads a baseline, or undefined if the folder holds none. Throws a {@link UserError} if it is damaged or of a newer agentvm. */
export function readManifest(folder: string): Baseline | undefined {
  const path = join(folder, 'manifest')
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const end = bytes.indexOf(0x0a)
  const { format, count, ...facts } = parseHeader(bytes.subarray(0, Math.max(end, 0)).toString(), path)
  if (format !== FORMAT) throw damaged(path, 'was written by a newer agentvm')
  const rest = bytes.subarray(end + 1)
  const at = count * 8 * COLUMNS.length
  if (rest.length < at + count * HASH_BYTES) throw damaged(path, 'is damaged')
  const paths = rest
    .subarray(at + count * HASH_BYTES)
    .toString('latin1')
    .split('\0')
  const columns = COLUMNS.map((_, index) => numbers(rest, index * count * 8, count))
  const hashes = rest.subarray(at, at + count * HASH_BYTES).toString('hex')
  const entries = Array.from({ length: count }, (_, index) => entryAt(columns, hashes, paths, index))
  return { ...facts, entries }
}

interface Header extends BaselineFacts {
  format: number
  count: number
}

function parseHeader(text: string, path: string): Header {
  try {
    return JSON.parse(text) as Header
  } catch {
    throw damaged(path, 'is damaged')
  }
}

function damaged(path: string, how: string): UserError {
  return new UserError(`the baseline ${path} ${how}`, {
    fix: 'agentvm upgrade, or remove its folder to do without it',
  })
}

/** Copied out: a column needn't lie at a multiple of eight bytes. */
function numbers(bytes: Buffer, offset: number, count: number): Float64Array {
  const start = bytes.byteOffset + offset
  return new Float64Array(bytes.buffer.slice(start, start + count * 8))
}

/** By index and without intermediate lists: there may be 100,000. */
function entryAt(columns: Float64Array[], hashes: string, paths: BytePath[], index: number): BaselineEntry {
  const at = (column: number) => columns[column]?.[index] ?? 0
  const chunk = at(5)
  const flags = at(7)
  return {
    path: paths[index] ?? '',
    mode: at(0),
    size: at(1),
    mtimeMs: at(2),
    ctimeMs: at(3),
    ino: at(4),
    hash: flags & 2 ? hashes.slice(index * HASH_BYTES * 2, (index + 1) * HASH_BYTES * 2) : undefined,
    place: chunk === NOWHERE ? undefined : { chunk, offset: at(6) },
    isIgnored: (flags & 1) === 1,
  }
}
