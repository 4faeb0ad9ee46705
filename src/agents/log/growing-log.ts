import { type FileHandle, stat } from 'node:fs/promises'
import { LogText, type LogView } from './log-text.ts'
import { findTail, openLog, readBlocks } from './tail.ts'

/** A log that is read on as it grows: it may not exist yet, be truncated, or be replaced by a new file. */
export class GrowingLog {
  private readonly path: string
  private readonly view: LogView
  private file: FileHandle | undefined
  private position = 0
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
    await this.file?.close()
  }

  private async begin(): Promise<void> {
    this.file ??= await openLog(this.path)
    if (this.isFirstLook && this.file) {
      const { size } = await this.file.stat()
      const { from, skip } = await findTail(this.file, size, this.view)
      this.position = from
      this.text = new LogText({ raw: this.view.raw, skip })
    }
    this.isFirstLook = false
  }

  private restart(): Buffer {
    const rest = this.text.end()
    this.text = new LogText({ raw: this.view.raw, skip: 0 })
    this.position = 0
    return rest.length === 0 || this.view.raw ? rest : Buffer.concat([rest, Buffer.from('\n')])
  }

  /** The file that has taken the log's name since, if there is one. */
  private async replacement(file: FileHandle): Promise<FileHandle | undefined> {
    const [own, named] = await Promise.all([file.stat(), stat(this.path).catch(() => undefined)])
    if (!named || (named.ino === own.ino && named.dev === own.dev)) return undefined
    return openLog(this.path)
  }
}
