import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, readlinkSync, readSync } from 'node:fs'
import { openBeneath, readFully } from '../../system/read-beneath.ts'
import { pathBytes } from './byte-path.ts'
import { kindOf, type TreeEntry } from './tree-entry.ts'

/** Largest content that is kept and compared line by line, in bytes. */
const LARGEST_TEXT = 4 * 1024 * 1024
/** Largest content of a binary file that is kept. */
const LARGEST_BINARY = 64 * 1024
/** Largest file that is read as a whole to tell whether it has changed. */
const LARGEST_HASHED = 256 * 1024 * 1024
/** Where git looks for a NUL to call a content binary. */
const LOOKED_AT = 8000
const PIECE_BYTES = 1024 * 1024

/** The content of an entry. */
export interface Content {
  /** SHA-1 as git gives it to a blob, hex. */
  hash: string
  /** The bytes; undefined if they are too many to be kept. They are valid until the next read. */
  bytes: Buffer | undefined
}

const shared = Buffer.allocUnsafe(LARGEST_TEXT)

/** Reads an entry below `root` (a real path) as it is now. Undefined if it has no content, is too large, or can't be read. */
export function readEntry(root: Buffer, { path, mode, size }: TreeEntry): Content | undefined {
  const kind = kindOf(mode)
  if (kind === 'symlink') return readLink(root, path)
  if (kind !== 'file' || size > LARGEST_HASHED) return undefined
  const fd = openBeneath(root, pathBytes(path))
  if (fd === undefined) return undefined
  try {
    const { size: now } = fstatSync(fd)
    if (now > LARGEST_HASHED) return undefined
    if (now > LARGEST_TEXT) return { hash: hashOfLarge(fd, now), bytes: undefined }
    const bytes = shared.subarray(0, readFully(fd, shared))
    const keep = bytes.length <= LARGEST_BINARY || !isBinary(bytes)
    return { hash: hashOf(bytes), bytes: keep ? bytes : undefined }
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** Whether git would call a content binary. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, LOOKED_AT).includes(0)
}

/** SHA-1 of a content as git gives it to a blob, hex. */
function hashOf(bytes: Buffer): string {
  return blobHash(bytes.length).update(bytes).digest('hex')
}

function readLink(root: Buffer, path: string): Content | undefined {
  try {
    const bytes = readlinkSync(Buffer.concat([root, Buffer.from('/'), pathBytes(path)]), 'buffer')
    return { hash: hashOf(bytes), bytes }
  } catch {
    return undefined
  }
}

function hashOfLarge(fd: number, size: number): string {
  const hash = blobHash(size)
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  for (let at = 0; at < size; ) {
    const count = readSync(fd, piece, 0, Math.min(piece.length, size - at), at)
    if (count === 0) break
    hash.update(piece.subarray(0, count))
    at += count
  }
  return hash.digest('hex')
}

function blobHash(size: number): Hash {
  return createHash('sha1').update(`blob ${size}\0`)
}
