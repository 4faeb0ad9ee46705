import type { JsonValue } from './merge-json.ts'

/** A field of an untrusted JSON value, by its path; undefined if there is none. */
export function jsonAt(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined {
  let found: JsonValue | undefined = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string | number, JsonValue>)[key]
  }
  return found
}

/** A text among the fields of an untrusted JSON value; undefined if there is none, or something else. */
export function jsonText(value: JsonValue | undefined, ...path: (string | number)[]): string | undefined {
  const found = jsonAt(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** A number among the fields of an untrusted JSON value; undefined if there is none, or something else. */
export function jsonNumber(value: JsonValue | undefined, ...path: (string | number)[]): number | undefined {
  const found = jsonAt(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** A list among the fields of an untrusted JSON value; empty if there is none, or something else. */
export function jsonList(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue[] {
  const found = jsonAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The sum of those numbers that there are; undefined if there is none. */
export function sumOf(...numbers: (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, number) => sum + number, 0)
}
