import { setTimeout as sleep } from 'node:timers/promises'

/** Nobody could continue a process of a group without a shell, so the system doesn't stop it: it goes on after this time. */
const STOPS_WITHIN_MS = 300

/** What a shell's job control asks of a full-screen program. */
export interface JobEvents {
  /** Somebody wants this process to stop. */
  onStop: () => void
  /** It goes on after it was stopped. */
  onContinue: () => void
}

/** Stops and continues this process as a shell's job. */
export class JobControl {
  private events: JobEvents | undefined

  start(events: JobEvents): void {
    this.events = events
    process.on('SIGTSTP', events.onStop)
    process.on('SIGCONT', events.onContinue)
  }

  end(): void {
    if (!this.events) return
    process.off('SIGTSTP', this.events.onStop)
    process.off('SIGCONT', this.events.onContinue)
    this.events = undefined
  }

  /** Stops this process and all of its job, once the terminal is as the shell needs it. Resolves when it goes on. */
  readonly stop = async (): Promise<void> => {
    const { events } = this
    const continued = new Promise<void>((resolve) => process.once('SIGCONT', resolve))
    if (events) process.off('SIGTSTP', events.onStop)
    try {
      process.kill(0, 'SIGTSTP')
      await Promise.race([continued, sleep(STOPS_WITHIN_MS)])
    } finally {
      if (events) process.on('SIGTSTP', events.onStop)
    }
  }
}
