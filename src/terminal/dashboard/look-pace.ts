/** Milliseconds that a timer may come early. */
const EARLY_MS = 125
/** Looks take at most this part of a core while nothing happens. */
const IDLE_SHARE = 1 / 25
/** The same while agents come and go. */
const BUSY_SHARE = 1 / 5

/** A look at all agents. */
interface Look {
  /** When it began, milliseconds. */
  at: number
  /** CPU time that it took, milliseconds. */
  cpuMs: number
  /** When the state folder had last changed before. */
  folder: number
}

/** Says when to look at all agents: every so often, and where an agent has come or gone; the rarer, the more a look takes. */
export class LookPace {
  private readonly intervalMs: number
  private last: Look | undefined
  private hurriedAt = Number.NEGATIVE_INFINITY

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs
  }

  /** Whether it is time to look. */
  isTime(now: number, folder: number): boolean {
    if (!this.last || this.hurriedAt >= this.last.at) return true
    const { at, cpuMs } = this.last
    const pauseMs =
      folder === this.last.folder
        ? Math.max(this.intervalMs - EARLY_MS, cpuMs / IDLE_SHARE)
        : cpuMs / BUSY_SHARE
    return now - at >= pauseMs
  }

  /** Takes down a look. */
  looked(look: Look): void {
    this.last = look
  }

  /** What a look that began before this moment has seen is out of date. */
  hurry(now: number): void {
    this.hurriedAt = now
  }
}
