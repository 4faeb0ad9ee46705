import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '@oclif/core'

/** What is wrong with one plugin. */
export interface PluginProblem {
  plugin: string
  problem: string
}

/** Plugins that the user has installed or linked, and that oclif left out: their folder is gone, or can't be read. */
export function unreadPlugins(config: Config): PluginProblem[] {
  return listedPlugins(join(config.dataDir, 'package.json'))
    .filter((name) => !config.plugins.has(name))
    .map((plugin) => ({ plugin, problem: 'is installed, but its folder is gone or not a plugin any more' }))
}

function listedPlugins(path: string): string[] {
  try {
    const { oclif } = JSON.parse(readFileSync(path, 'utf8')) as { oclif?: { plugins?: unknown[] } }
    return (oclif?.plugins ?? []).flatMap((entry) => {
      const name = typeof entry === 'string' ? entry : (entry as { name?: unknown } | null)?.name
      return typeof name === 'string' ? [name] : []
    })
  } catch {
    return []
  }
}
