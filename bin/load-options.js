import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * What oclif loads: `package.json`, its `oclif.plugins` narrowed to the built-in plugins that are installed. oclif would
 * print a warning with a stack trace for each other one; agentvm says what is missing where it matters (`doctor`, `spawn -p`).
 */
export function loadOptions() {
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const patterns = pjson.oclif.plugins.map(asRegExp)
  const plugins = Object.keys(pjson.dependencies).filter(
    (name) => patterns.some((pattern) => pattern.test(name)) && isInstalled(name, root),
  )
  return { root, pjson: { ...pjson, oclif: { ...pjson.oclif, plugins } } }
}

/** A pattern of names: `*` stands for any text, `{a,b}` for one of the two. */
function asRegExp(pattern) {
  const choices = pattern.replace(/\{([^}]*)\}/g, (_, names) => `(${names.replaceAll(',', '|')})`)
  return new RegExp(`^${choices.replaceAll('*', '[^/]*')}$`)
}

/** Whether Node.js finds a package from that folder or one above it. */
function isInstalled(name, from) {
  if (existsSync(join(from, 'node_modules', name, 'package.json'))) return true
  const parent = dirname(from)
  return parent !== from && isInstalled(name, parent)
}
