import { UserError } from '../../errors.ts'
import { sanitizeLine } from '../sanitize.ts'

const STAYS_MS = 6_000

/** News for the last line, which go by themselves. */
export class Notice {
  /** Empty if there is nothing to say. */
  text = ''
  private timer: NodeJS.Timeout | undefined

  /** `onGone` is called when the time of what was said is over. */
  say(text: string, onGone: () => void): void {
    this.text = sanitizeLine(text)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.text = ''
      onGone()
    }, STAYS_MS).unref()
  }

  clear(): void {
    this.text = ''
    clearTimeout(this.timer)
  }
}

/** What went wrong and how to mend it, on one line. */
export function errorLine(error: unknown): string {
  if (!(error instanceof UserError)) return (error as Error).message
  return error.fix ? `${error.what} → ${error.fix}` : error.what
}
