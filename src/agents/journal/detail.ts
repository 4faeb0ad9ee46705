/** Facts about an event, such as `profile`, `sandbox`, `code`, `reason`, `from`. */
export type EventFacts = Record<string, string | number>

const PLAIN = /^[\x21\x23-\x7e]+$/
const FACT = /(?:^|\s)([a-z][a-z_]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)/g

/** Facts as `key=value key="a value"`: one line whatever the values hold. */
export function formatDetail(facts: EventFacts): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${PLAIN.test(String(value)) ? value : JSON.stringify(String(value))}`)
    .join(' ')
}

/** The facts in a detail. What another tool wrote as free text has none. */
export function parseDetail(detail: string): Record<string, string> {
  return Object.fromEntries([...detail.matchAll(FACT)].map(([, key, value]) => [key, unquote(value ?? '')]))
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value
  }
}
