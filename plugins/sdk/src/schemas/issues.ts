import * as v from 'valibot'

/** The outcome of {@link check}: the value, or one line for each thing that is wrong. */
export type Checked<T> = { ok: true; value: T } | { ok: false; problems: string[] }

/** Checks a value from outside against a schema. Each problem names the path of the field: `command[0]: must not be empty`. */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, value)
  return result.success
    ? { ok: true, value: result.output }
    : { ok: false, problems: result.issues.map(describe) }
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? [])
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
  const what =
    issue.type === 'strict_object' && issue.expected === 'never'
      ? 'is not a known field'
      : issue.received === 'undefined'
        ? 'is missing'
        : issue.message
  return path === '' ? what : `${path}: ${what}`
}
