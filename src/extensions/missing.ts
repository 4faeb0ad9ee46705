import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '@oclif/core'

/**
 * Built-in plugins that `package.json` declares and that aren't installed. `src/start` leaves them out of what oclif
 * loads, and says so in the loaded `package.json` under `agentvm.missing`.
 */
export function missingPlugins(config: Config): string[] {
  const { dependencies = {} } = config.pjson
  return Object.keys(dependencies)
    .filter((name) => /\/(profile|sandbox|plugin)-/.test(name))
    .filter((name) => !config.plugins.has(name) && !isInstalled(name, config.root))
}

/** Whether Node would find the package from that folder. */
function isInstalled(name: string, from: string): boolean {
  if (existsSync(join(from, 'node_modules', name, 'package.json'))) return true
  const parent = dirname(from)
  return parent !== from && isInstalled(name, parent)
}
