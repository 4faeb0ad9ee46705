import { appendLine, readIfExists, writeFileAtomic } from '../../system/files.ts'

/** So many ids are remembered: who sends a message again does so soon. */
const REMEMBERED = 1_000

/** The ids of the messages that an agent was sent, so that the same id twice is one message. */
export class SentIds {
  private readonly path: string

  constructor(path: string) {
    this.path = path
  }

  has(id: string): boolean {
    return this.read().includes(id)
  }

  remember(id: string): void {
    appendLine(this.path, JSON.stringify(id))
    const ids = this.read()
    if (ids.length > 2 * REMEMBERED) this.write(ids.slice(-REMEMBERED))
  }

  /** Of a message that didn't arrive after all. */
  forget(id: string): void {
    this.write(this.read().filter((known) => known !== id))
  }

  private read(): string[] {
    return (readIfExists(this.path) ?? '').split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as string]
      } catch {
        // The last line of a command that was killed while it wrote.
        return []
      }
    })
  }

  private write(ids: readonly string[]): void {
    writeFileAtomic(this.path, ids.map((id) => `${JSON.stringify(id)}\n`).join(''))
  }
}
