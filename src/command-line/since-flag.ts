import { Flags } from '@oclif/core'
import { UserError } from '../errors.ts'

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const SPAN = /^(\d{1,9})([smhdw])$/
const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/** A flag that takes a moment: a time span back from now (`90s`, `2h`, `3d`) or a date and time. */
export const sinceFlag = Flags.custom<Date>({
  helpValue: 'TIME',
  parse: async (input) => {
    const since = parseMoment(input, new Date())
    if (since) return since
    throw new UserError(`'${input}' is not a time`, {
      fix: 'write a span such as 90s, 30m, 2h, 3d or 1w, or a time such as 2026-01-31T12:00:00Z',
      exitCode: 2,
    })
  },
})

/** The moment that a text means, or undefined. Without a zone it is the local time; a day alone begins at midnight. */
export function parseMoment(text: string, now: Date): Date | undefined {
  const time = timeOf(text, now)
  // Nor are there dates a hundred million days ago.
  return time && !Number.isNaN(time.getTime()) ? time : undefined
}

function timeOf(text: string, now: Date): Date | undefined {
  const span = SPAN.exec(text)
  if (span) return new Date(now.getTime() - Number(span[1]) * SECONDS[span[2] as keyof typeof SECONDS] * 1000)
  return TIME.test(text) ? new Date(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')) : undefined
}
