import assert from 'node:assert/strict'
import fc from 'fast-check'
import { UserError } from '../../src/errors.ts'

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
      if (!details.failed) return
      throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance })
    },
  }
}

/** More of the processor than any parser takes for a text of this file's lengths: beyond, its time grows faster than its input. */
const LONGEST_MS = 2_000

/** Tries a property with any values of that kind. Throws with the smallest that it doesn't hold for, or takes too long for. */
export function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean | void): void {
  const inTime = (value: T) => {
    const before = process.cpuUsage()
    const held = holds(value)
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 > LONGEST_MS) throw new Error(`took ${Math.round((user + system) / 1000)} ms`)
    return held
  }
  fc.assert(fc.property(arbitrary, inTime), fuzzing())
}

/** Text as it comes in files: any characters, with those that shells and terminals give a meaning to in plenty. */
const special = fc.constantFrom(
  ...'\'"\\$`\n\r\t#=;&|<>(){}[]*?!~ \u001b\u0007\u0000\u009b\u202e\u2028\ufeff\ufffd\ud800é😀'.split(''),
)
/** What a stream yields. */
export async function allOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** What terminals obey, whole and cut off. */
const escapes = fc.constantFrom(
  ...[
    '\u001b[2J',
    '\u001b[31',
    '\u001b]0;title\u0007',
    '\u001b]52;c;eA==\u001b\\',
    '\u001bP',
    '\r\n',
    '\u009d8;;x',
  ],
)
/** The same thing over and over, which parsers that look again and again at it take long for. */
const lengthy = fc
  .tuple(fc.oneof(special, escapes, fc.string({ minLength: 1, maxLength: 3 })), fc.nat({ max: 5_000 }))
  .map(([part, times]) => part.repeat(times))
/** Bytes that are text in no encoding. */
const binary = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('utf8'))
export const nasty = fc
  .array(
    fc.oneof(
      { weight: 40, arbitrary: special },
      { weight: 20, arbitrary: fc.string({ maxLength: 4 }) },
      { weight: 5, arbitrary: escapes },
      { weight: 5, arbitrary: binary },
      { weight: 1, arbitrary: lengthy },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

/** {@link nasty} text with words in it that a parser knows: what nearly is right finds more than what is all wrong. */
export function nastyWith(...words: string[]): fc.Arbitrary<string> {
  const known = fc.constantFrom(...words)
  const part = fc.oneof(
    { weight: 60, arbitrary: known },
    { weight: 18, arbitrary: fc.oneof(special, fc.string({ maxLength: 6 }), fc.nat().map(String)) },
    { weight: 2, arbitrary: fc.oneof(escapes, binary) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        lengthy,
        fc.tuple(known, fc.nat({ max: 5_000 })).map(([word, times]) => word.repeat(times)),
      ),
    },
  )
  return fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''))
}

/** What a parser makes of its input, or undefined if it refuses it in words for the user, which name the place. */
export function refused<T>(work: () => T, place?: RegExp): T | undefined {
  try {
    return work()
  } catch (error) {
    return onlyUserError(error, place)
  }
}

/** Bears the error that a parser refuses its input with, if its message names the place; any other is a finding. */
export function onlyUserError(error: unknown, place = /^/): undefined {
  assert.ok(error instanceof UserError, `threw ${String(error)}`)
  assert.match(error.message, place)
}
