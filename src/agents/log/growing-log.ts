import type { Stats } from 'node:fs'
import { type FileHandle, stat } from 'node:fs/promises'
import { JoinedLog } from './joined-log.ts'
import { LogText, type LogView } from './log-text.ts'
import { ROTATED } from './rotation.ts'
import { findTail, openLog, readBlocks } from './tail.ts'

/** A log that is read on as it grows: it may not exist yet, be rotated, be truncated, or be replaced by a new file. */
export class GrowingLog {
  private readonly path: string
  private readonly view: LogView
  private file: FileHandle | undefined
  private position = 0
  /** The older part of the log, from where it is still to be read. */
  private older: { file: FileHandle; from: number; to: number } | undefined
  /** The older part as it was when it was last looked at. */
  private olderSeen: Stats | undefined
  private text: LogText
  private isFirstLook = true

  constructor(path: string, view: LogView) {
    this.path = path
    this.view = view
    this.text = new LogText({ raw: view.raw, skip: 0 })
  }

  get atEndMarker(): boolean {
    return this.text.atMarker
  }

  /** The line that isn't complete yet. */
  get unfinished(): string {
    return this.text.unfinished
  }

  /** What was added since the last look; at the first look the last lines. A chunk is valid until the next one. */
  async *added(): AsyncGenerator<Buffer> {
    await this.begin()
    yield* this.readOlder()
    while (this.file) {
      // Looked for before reading, so that the old file is read to its end.
      const next = await this.replacement(this.file)
      const { size } = await this.file.stat()
      if (size < this.position) yield this.restart()
      for await (const block of readBlocks(this.file, this.position, size)) {
        this.position += block.length
        yield this.text.push(block)
      }
      if (!next) return
      await this.file.close()
      this.file = next
      this.position = 0
    }
  }

  /** The rest, when no more is to come. */
  end(): Buffer {
    return this.text.end()
  }

  async close(): Promise<void> {
    await Promise.all([this.file?.close(), this.older?.file.close()])
  }

  private async begin(): Promise<void> {
    if (this.isFirstLook) {
      const joined = await JoinedLog.open(this.path)
      if (joined) await this.beginAtTail(joined)
    } else this.file ??= await openLog(this.path)
    this.isFirstLook = false
  }

  private async beginAtTail(joined: JoinedLog): Promise<void> {
    const { older, current, olderSize, size } = joined
    const { from, skip } = await findTail(joined, size, this.view)
    this.text = new LogText({ raw: this.view.raw, skip })
    this.file = current
    this.position = Math.max(0, from - olderSize)
    this.olderSeen = await older?.stat()
    if (older && from < olderSize) this.older = { file: older, from, to: olderSize }
    else await older?.close()
  }

  private async *readOlder(): AsyncGenerator<Buffer> {
    if (!this.older) return
    const { file, from, to } = this.older
    for await (const block of readBlocks(file, from, to)) yield this.text.push(block)
    await file.close()
    this.older = undefined
  }

  private restart(): Buffer {
    const rest = this.text.end()
    this.text = new LogText({ raw: this.view.raw, skip: 0 })
    this.position = 0
    return rest.length === 0 || this.view.raw ? rest : Buffer.concat([rest, Buffer.from('\n')])
  }

  /**
   * The file that goes on where this one ends, if there is one: as a rule the one that has taken the log's name. If the
   * log was rotated twice since the last look, that is the older part, which nobody has read yet.
   */
  private async replacement(file: FileHandle): Promise<FileHandle | undefined> {
    const [own, named, older] = await Promise.all([
      file.stat(),
      stat(this.path).catch(() => undefined),
      stat(`${this.path}${ROTATED}`).catch(() => undefined),
    ])
    if (!named || isSame(named, own)) return undefined
    const isUnread = older && !isSame(older, own) && !(this.olderSeen && isSame(older, this.olderSeen))
    this.olderSeen = older
    return openLog(isUnread ? `${this.path}${ROTATED}` : this.path)
  }
}

/** Whether it is the same file. An inode alone isn't an identity: it is used again. */
function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.birthtimeMs === b.birthtimeMs
}
