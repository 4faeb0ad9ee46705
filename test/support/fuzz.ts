import fc from 'fast-check'

/** Seconds for each property: `FUZZ_SECONDS=600 npm test -- test/unit/fuzz-parsers.test.ts` tries ten minutes each. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 0)
/** Or how many inputs. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 0)

/** How long a property is tried: so many inputs, unless the environment asks for more. */
export function fuzzing<T>(runs = 400): fc.Parameters<T> {
  if (SECONDS === 0) return { numRuns: RUNS || runs }
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: SECONDS * 1000,
    markInterruptAsFailure: false,
    reporter(details) {
      process.stdout.write(`      ${details.numRuns} inputs, seed ${details.seed}\n`)
      if (details.failed) throw new Error(fc.defaultReportMessage(details))
    },
  }
}

/** Tries a property with any values of that kind. Throws with the smallest that it doesn't hold for. */
export function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean | void): void {
  fc.assert(fc.property(arbitrary, holds), fuzzing())
}

/** Text as it comes in files: any characters, with those that shells and terminals give a meaning to in plenty. */
const special = fc.constantFrom(
  ...'\'"\\$`\n\r\t#=;&|<>(){}[]*?!~ \u001b\u0007\u0000\u009b\u202e\ud800é😀'.split(''),
)
export const nasty = fc
  .array(fc.oneof({ weight: 2, arbitrary: special }, fc.string({ maxLength: 4 })), { maxLength: 40 })
  .map((parts) => parts.join(''))

/** {@link nasty} text with words in it that a parser knows: what nearly is right finds more than what is all wrong. */
export function nastyWith(...words: string[]): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.oneof(special, fc.string({ maxLength: 6 }), fc.nat().map(String)) },
  )
  return fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''))
}
