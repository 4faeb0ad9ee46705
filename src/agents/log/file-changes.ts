import { existsSync, type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** How often to look in any case: an event can be lost, and some file systems give none. */
const LOOK_ANYWAY_MS = 1000
/** How often to look where nothing can be watched (no inotify watches left). */
const POLL_MS = 200

/** Tells when a file may have changed, also when another one takes its name. */
export class FileChanges {
  private readonly watcher: FSWatcher | undefined
  private changed = false
  private wake: () => void = () => {}

  constructor(path: string) {
    try {
      // The folder, since a watch on the file stays with the old one when the log is rotated.
      let isAway = false
      this.watcher = watch(dirname(path), (event, name) => {
        const isOwn = name === null || name === basename(path)
        // It may have got another name, by which it goes on to grow.
        if (isOwn && event === 'rename') isAway = !existsSync(path)
        if (isOwn || isAway) this.notify()
      })
      this.watcher.on('error', () => this.watcher?.close())
    } catch {
      this.watcher = undefined
    }
  }

  /** Ends the current or the next {@link next}. */
  notify(): void {
    this.changed = true
    this.wake()
  }

  /** Resolves on a change since the last call, or after some time: with whether there was one, as far as can be watched. */
  async next(atMost = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (!this.changed) {
      const patience = Math.min(atMost, this.watcher ? LOOK_ANYWAY_MS : POLL_MS)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.wake = () => {}
    }
    const { changed } = this
    this.changed = false
    return changed
  }

  close(): void {
    this.watcher?.close()
  }
}
