/** A rule that allows operations on what any of the filters matches; nothing at all without a filter. */
export function allow(operations: string, filters: readonly string[]): string {
  return rule('allow', operations, filters)
}

/** A rule that denies operations on what any of the filters matches; nothing at all without a filter. */
export function deny(operations: string, filters: readonly string[]): string {
  return rule('deny', operations, filters)
}

/** Filters for fixed names of the system, such as `(literal "/dev/null")`. */
export function named(filter: string, names: readonly string[]): string[] {
  return names.map((name) => `(${filter} "${name}")`)
}

/** Without a filter a rule would hold for everything. */
function rule(action: 'allow' | 'deny', operations: string, filters: readonly string[]): string {
  return filters.length > 0 ? `(${action} ${operations}\n  ${filters.join('\n  ')})` : ''
}
