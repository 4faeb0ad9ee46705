import * as assert from 'node:assert/strict'
import type { GenericSchema, InferOutput } from 'valibot'
import { check } from '../schemas/issues.ts'

/** Throws an `AssertionError` with each field that is wrong, unless the value keeps the schema. */
export function assertKeeps<Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
): InferOutput<Schema> {
  const checked = check(schema, value)
  if (checked.ok) return checked.value
  return assert.fail(checked.problems.join('; '))
}

/** Freezes a value and all within, so that whoever changes it throws. Returns its argument. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const each of Object.values(value)) deepFreeze(each)
  return Object.freeze(value)
}
