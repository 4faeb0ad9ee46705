/** What was begun and isn't done yet. */
export class PendingWork {
  private readonly works = new Map<Promise<void>, string>()

  /** `what`: how to call it. */
  add(what: string, work: Promise<void>): void {
    const done = work.finally(() => this.works.delete(done))
    this.works.set(done, what)
  }

  /** Resolves when all is done. `onWait` hears what it waits for. */
  async finish(onWait: (what: string) => void): Promise<void> {
    for (const what of this.works.values()) onWait(what)
    await Promise.all(this.works.keys())
  }
}
