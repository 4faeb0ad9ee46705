import * as v from 'valibot'

/** Text that a program can be given: no NUL byte. */
export const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes('\0'), 'must not hold a NUL byte'),
)

/** Text that isn't empty. */
export const word = v.pipe(text, v.minLength(1, 'must not be empty'))

/** An id or name of the given form. */
export const named = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern, `must match ${pattern.source}`))

/** The name of an environment variable. */
export const envName = named(/^[A-Za-z_][A-Za-z0-9_]*$/)

/** An exact environment. */
export const environment = v.record(envName, text)

/** An absolute path without `.` or `..` in it. */
export const absolutePath = v.pipe(
  word,
  v.check(
    (path) => path.startsWith('/') && !path.split('/').some((part) => part === '..' || part === '.'),
    'must be an absolute path without . and ..',
  ),
)

/** A path below some folder, not the folder itself: relative, without `.` or `..`. */
export const relativePath = v.pipe(
  word,
  v.check(
    (path) => !path.startsWith('/') && !path.split('/').some((part) => part === '..' || part === '.'),
    'must be a relative path without . and ..',
  ),
)

/** A program and its arguments. */
export const argv = v.pipe(
  v.tupleWithRest([word], text),
  v.transform((value): [string, ...string[]] => value),
)

/** A host path and its place inside. */
export const mount = v.strictObject({ source: absolutePath, target: absolutePath })

/** A TCP port. */
export const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

/** One host and port of a network allow-list. */
export const allowedHost = v.strictObject({
  host: named(/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/),
  port,
  private: v.optional(v.boolean()),
  from: v.optional(word),
})

/** A function; what it takes and gives is checked when it is called. */
// biome-ignore lint/suspicious/noExplicitAny: the function's own type comes from the interface
export const fn = <F extends (...args: any[]) => unknown>() =>
  v.custom<F>((value) => typeof value === 'function', 'must be a function')

/** A regular expression's source, for the flags `mu`. */
export const regex = v.pipe(
  word,
  v.check((source) => {
    try {
      new RegExp(source, 'mu')
      return true
    } catch {
      return false
    }
  }, 'must be a regular expression'),
)
