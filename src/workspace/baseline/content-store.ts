import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import { makePrivateDir } from '../../system/files.ts'

const deflate = promisify(deflateRaw)

/** Bytes that are compressed as one. */
const CHUNK_BYTES = 1024 * 1024
/** Chunks that are being compressed while more is read. */
const MOST_PENDING = 4
/** From this size on, sharing blocks costs less than a compressed copy. */
const SHARE_FROM_BYTES = 16 * 1024

/** Where a content lies: at an offset of a chunk; or, with chunk {@link SHARED}, in the file of that number. */
export interface ContentPlace {
  chunk: number
  offset: number
}

const SHARED = -2

/** Bounds of each chunk in the content file: offset and length. */
export type Chunks = [offset: number, length: number][]

/** Gives the contents that entries of a baseline had, as far as they are kept. */
export interface ContentSource {
  read: (entry: {
    place: ContentPlace | undefined
    size: number
    hash: string | undefined
  }) => Buffer | undefined
}

/** Copies a file by sharing its blocks. Throws where the file system can't. */
export type ShareBlocks = (from: Buffer, to: string) => void

const reflink: ShareBlocks = (from, to) => copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE)

/**
 * Keeps the contents of files in a folder: compressed in one file, or, where the file system can share blocks, larger
 * ones as copies that take no space until the original changes.
 */
export class ContentWriter {
  private readonly folder: string
  private readonly share: ShareBlocks
  private readonly fd: number
  private readonly chunks: Chunks = []
  private readonly buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  private readonly pending: Promise<void>[] = []
  /** Bytes in the content file. */
  private written = 0
  private filled = 0
  private count = 0
  private shared = 0
  private canShare = true

  /** The folder must be there, and empty. */
  constructor(folder: string, share: ShareBlocks = reflink) {
    this.folder = folder
    this.share = share
    this.fd = openSync(join(folder, 'content'), 'wx', 0o600)
  }

  /** Keeps a content, which may be overwritten after. `source` is the file that it was read from. */
  async add(content: Buffer, source: Buffer): Promise<ContentPlace> {
    const place = content.length < SHARE_FROM_BYTES ? undefined : this.shareFile(source)
    if (place) return place
    if (this.filled + content.length > CHUNK_BYTES) await this.flush()
    if (content.length > CHUNK_BYTES) return { chunk: await this.compress(Buffer.from(content)), offset: 0 }
    content.copy(this.buffer, this.filled)
    this.filled += content.length
    return { chunk: this.count, offset: this.filled - content.length }
  }

  /** Writes the rest. Returns what a reader needs. */
  async end(): Promise<Chunks> {
    await this.flush()
    await Promise.all(this.pending)
    return this.chunks
  }

  /** Lets go of the file, once nothing is being written any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.pending)
    closeSync(this.fd)
  }

  private shareFile(source: Buffer): ContentPlace | undefined {
    if (!this.canShare) return undefined
    try {
      if (this.shared === 0) makePrivateDir(join(this.folder, 'shared'))
      this.share(source, join(this.folder, 'shared', String(this.shared)))
      this.shared += 1
      return { chunk: SHARED, offset: this.shared - 1 }
    } catch {
      this.canShare = this.shared > 0
      return undefined
    }
  }

  private async flush(): Promise<void> {
    if (this.filled === 0) return
    const content = Buffer.from(this.buffer.subarray(0, this.filled))
    this.filled = 0
    await this.compress(content)
  }

  /** Returns the number of the chunk. */
  private async compress(content: Buffer): Promise<number> {
    const number = this.count++
    if (this.pending.length >= MOST_PENDING) await this.pending.shift()
    const written = deflate(content, { level: 1 }).then((packed) => this.write(number, packed))
    // A full disk is told by whoever waits for it, which may be later.
    written.catch(() => {})
    this.pending.push(written)
    return number
  }

  private write(number: number, packed: Buffer): void {
    for (let at = 0; at < packed.length; ) at += writeSync(this.fd, packed, at)
    this.chunks[number] = [this.written, packed.length]
    this.written += packed.length
  }
}

/** Reads what a {@link ContentWriter} has kept. */
export class ContentReader implements ContentSource {
  private readonly folder: string
  private readonly chunks: Chunks
  private last: { chunk: number; content: Buffer } | undefined

  constructor(folder: string, chunks: Chunks) {
    this.folder = folder
    this.chunks = chunks
  }

  /** A content, or undefined if it isn't kept or is damaged. */
  read({ place, size }: { place: ContentPlace | undefined; size: number }): Buffer | undefined {
    if (!place) return undefined
    const { chunk, offset } = place
    if (chunk === SHARED) {
      const path = join(this.folder, 'shared', String(offset))
      return existsSync(path) ? readFileSync(path) : undefined
    }
    if (this.last?.chunk !== chunk) {
      const content = this.inflate(chunk)
      if (!content) return undefined
      this.last = { chunk, content }
    }
    return this.last.content.subarray(offset, offset + size)
  }

  private inflate(chunk: number): Buffer | undefined {
    const [offset, length] = this.chunks[chunk] ?? [0, 0]
    const fd = openSync(join(this.folder, 'content'), 'r')
    try {
      const packed = Buffer.alloc(length)
      readSync(fd, packed, 0, length, offset)
      return inflateRawSync(packed)
    } catch {
      return undefined
    } finally {
      closeSync(fd)
    }
  }
}
