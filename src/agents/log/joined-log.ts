import type { FileHandle } from 'node:fs/promises'
import { ROTATED } from './rotation.ts'
import { openLog, type ReadableLog } from './tail.ts'

/** The older part of a log and the current one, read as one. */
export class JoinedLog implements ReadableLog {
  readonly older: FileHandle | undefined
  readonly current: FileHandle
  /** Bytes of the older part. */
  readonly olderSize: number
  /** Bytes of both when it was opened. */
  readonly size: number

  private constructor(older: FileHandle | undefined, current: FileHandle, sizes: [number, number]) {
    this.older = older
    this.current = current
    this.olderSize = sizes[0]
    this.size = sizes[0] + sizes[1]
  }

  /** Opens both parts, or returns undefined if there is no log. If it is being rotated right now, it tries again. */
  static async open(path: string): Promise<JoinedLog | undefined> {
    for (;;) {
      const current = await openLog(path)
      const older = await openLog(`${path}${ROTATED}`)
      if (!current && !older) return undefined
      // Between the two steps of a rotation there is only the older part.
      if (!current) return older && new JoinedLog(undefined, older, [0, (await older.stat()).size])
      const [now, before] = await Promise.all([current.stat(), older?.stat()])
      if (!before || now.ino !== before.ino || now.dev !== before.dev) {
        return new JoinedLog(older, current, [before?.size ?? 0, now.size])
      }
      await Promise.all([current.close(), older?.close()])
    }
  }

  async read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesRead: number }> {
    if (this.older && position < this.olderSize) {
      return this.older.read(buffer, offset, Math.min(length, this.olderSize - position), position)
    }
    return this.current.read(buffer, offset, length, position - this.olderSize)
  }

  async close(): Promise<void> {
    await Promise.all([this.older?.close(), this.current.close()])
  }
}
