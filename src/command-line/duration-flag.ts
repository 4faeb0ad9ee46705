import { Flags } from '@oclif/core'
import { UserError } from '../errors.ts'

/** A flag that takes seconds, with fractions. */
export const secondsFlag = Flags.custom<number>({
  helpValue: 'SECONDS',
  parse: async (input) => {
    const seconds = Number(input)
    if (input.trim() !== '' && Number.isFinite(seconds) && seconds >= 0 && seconds <= 2_000_000)
      return seconds
    throw new UserError(`'${input}' is not a number of seconds`, { exitCode: 2 })
  },
})

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A flag that takes an age, such as `7d` or `12h`; a number alone means days. Its value is in milliseconds. */
export const ageFlag = Flags.custom<number>({
  helpValue: 'AGE',
  parse: async (input) => {
    const [, number, unit = 'd'] = /^(\d{1,9}(?:\.\d{1,3})?)([smhdw])?$/.exec(input) ?? []
    if (number !== undefined) return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS]
    throw new UserError(`'${input}' is not an age`, {
      fix: 'write a number and s, m, h, d or w',
      exitCode: 2,
    })
  },
})
