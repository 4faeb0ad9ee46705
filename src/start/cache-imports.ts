let begin: (() => void) | undefined

/** Says how Node is told to keep what it compiles. The bundle has a cache of its own: see `bin/run.cjs`. */
export function setImportCache(turnOn: (() => void) | undefined): void {
  begin = turnOn
}

/** Has Node keep what it compiles from now on. For what isn't in the bundle: elsewhere it would only take time. */
export function cacheImports(): void {
  begin?.()
  begin = undefined
}
