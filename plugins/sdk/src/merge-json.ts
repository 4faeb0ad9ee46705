/** Anything that JSON can say. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/**
 * The text of a JSON file with values set in it, for {@link Profile.setup}: objects are merged, everything else is
 * replaced. What isn't there, or is no JSON object, begins empty.
 */
export function mergeJson(text: string | undefined, patch: Record<string, JsonValue>): string {
  return `${JSON.stringify(merge(parseJsonObject(text), patch), null, 2)}\n`
}

/** The object that a text is; an empty one where it isn't any. */
export function parseJsonObject(text: string | undefined): Record<string, JsonValue> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function merge(base: Record<string, JsonValue>, patch: Record<string, JsonValue>): Record<string, JsonValue> {
  // Without a prototype a key such as `__proto__` is a key like others.
  const merged: Record<string, JsonValue> = Object.assign(Object.create(null), base)
  for (const [key, value] of Object.entries(patch)) {
    const before = merged[key]
    merged[key] = isObject(value) && isObject(before) ? merge(before, value) : value
  }
  return merged
}

/** Whether a value is an object, not a list. */
export function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
