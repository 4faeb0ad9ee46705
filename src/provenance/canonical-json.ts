/**
 * A value as canonical JSON (RFC 8785): one text for one value, so that it can be hashed. Fields that are undefined are
 * left out, as in JSON. Throws a `TypeError` on what JSON can't hold, and on a lone surrogate.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      // By UTF-16 code units, as the comparison of strings does.
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${canonicalJson(key)}:${canonicalJson(field)}`)
    return `{${fields.join(',')}}`
  }
  if (typeof value === 'string' ? value.isWellFormed() : isPlain(value)) return JSON.stringify(value)
  throw new TypeError(`no canonical JSON of ${String(value)}`)
}

/** JavaScript writes numbers as the RFC demands. */
function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || Number.isFinite(value)
}
