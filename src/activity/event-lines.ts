/** A line of a file of events, by its fields. */
export type EventLine = (path: string) => string | undefined

/** The fields of a line; undefined if it isn't one of the format: cut off, or not what it should be. */
export function parseEventLine(line: string, format: 'json' | 'logfmt'): EventLine | undefined {
  const value = format === 'json' ? parseJson(line) : parseLogfmt(line)
  return value && ((path) => fieldOf(value, path))
}

function parseJson(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** One pair: the value is a JSON string, or has no blank in it. */
const PAIR = /([A-Za-z0-9_.-]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)/y

function parseLogfmt(line: string): Record<string, unknown> | undefined {
  const value: Record<string, string> = Object.create(null)
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < line.length) {
    const pair = PAIR.exec(line)
    // What follows is no pair: what stands before it counts.
    if (!pair) break
    const [, key = '', text = ''] = pair
    value[key] = text.startsWith('"') ? text.slice(1, -1) : text
  }
  return Object.keys(value).length > 0 ? value : undefined
}

/** A field by its path, of which the parts of a name may be a part as well. Its value as text; undefined for what isn't plain. */
function fieldOf(value: Record<string, unknown>, path: string): string | undefined {
  let at: unknown = value
  if (Object.hasOwn(value, path)) at = value[path]
  else {
    for (const key of path.split('.')) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
      at = (at as Record<string, unknown>)[key]
    }
  }
  return typeof at === 'string'
    ? at
    : typeof at === 'number' || typeof at === 'boolean'
      ? String(at)
      : undefined
}
