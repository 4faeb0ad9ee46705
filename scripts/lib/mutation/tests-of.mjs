import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { ROOT } from '../paths.mjs'

/** They start servers or programs, and take long. */
const SLOW = /\/(?:identity-registrar|plugins-install|conformance-kits)\.test\.ts$/

/**
 * The unit tests of some sources: the files that import one of them, and those that a module names besides. A test that
 * comes to a source by way of others takes long, and tells of those.
 *
 * @param {string[]} sources absolute paths
 * @param {string[]} besides globs
 */
export function testsOf(sources, besides = []) {
  const own = globSync('test/unit/**/*.test.ts', { cwd: ROOT })
    .map((path) => join(ROOT, path))
    .filter((path) => !SLOW.test(path))
    .filter((path) => importsOf(path).some((imported) => sources.includes(imported)))
  const named = globSync(besides, { cwd: ROOT }).map((path) => join(ROOT, path))
  return [...new Set([...own, ...named])].sort()
}

function importsOf(path) {
  const { staticImports } = parseSync(path, readFileSync(path, 'utf8')).module
  return staticImports.map(({ moduleRequest }) => join(dirname(path), moduleRequest.value))
}
