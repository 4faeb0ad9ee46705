import { Flags } from '@oclif/core'
import { UserError } from './errors.ts'

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
