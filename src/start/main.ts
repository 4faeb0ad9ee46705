import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Interfaces } from '@oclif/core'
import { handle } from '@oclif/core/handle'
import { run } from '@oclif/core/run'
import { settings } from '@oclif/core/settings'
import { readArguments } from './arguments.ts'
import { bundledPlugins } from './built-in.ts'
import { setImportCache } from './cache-imports.ts'
import { ignoreClosedPipes } from './closed-pipes.ts'
import { loadPluginsOurselves } from './load-unbundled.ts'
import { nameHome } from './name-home.ts'
import { nameShell } from './name-shell.ts'
import { keepPluginsInHome, pluginFolder } from './plugin-folder.ts'
import { loadPlugins, packageFolder } from './plugins.ts'
import { loadThemeIfAny } from './theme.ts'

/** The folder of the package, from that of this module or of the bundle. */
const ROOT = join(import.meta.dirname, '../..')

interface MainOptions {
  sources?: boolean
  cacheImports?: () => void
}

/**
 * Runs the CLI. A built-in plugin that has been deleted from the install is left out, without a word: `doctor` and
 * whoever asks for what it brought say so.
 *
 * @param options.sources run the sources as they are, without what the build writes
 * @param options.cacheImports turns on Node's compile cache
 */
export async function main({ sources = false, cacheImports }: MainOptions = {}): Promise<void> {
  setImportCache(cacheImports)
  ignoreClosedPipes()
  nameHome()
  nameShell()

  // A linked plugin runs as it was compiled: oclif would warn about each that it can't compile itself.
  settings.enableAutoTranspile = false
  keepPluginsInHome()
  loadThemeIfAny()
  try {
    // As oclif's `execute`, less its wait for standard output to drain: on a closed pipe that never comes.
    await run(readArguments(process.argv.slice(2)), await loadOptions(sources))
    // What a plugin may have left open (a timer, a connection) doesn't keep a finished command from ending.
    if (Symbol.for('agentvm.plugin-code') in process) setTimeout(() => process.exit(), 500).unref()
  } catch (error) {
    await handle(error instanceof Error ? error : new Error(String(error)))
  }
}

async function loadOptions(sources: boolean): Promise<Interfaces.LoadOptions> {
  const bundled = bundledPlugins()
  if (bundled) return { root: ROOT, plugins: await loadPlugins(bundled, ROOT, pluginFolder()) }
  loadPluginsOurselves()
  const pjson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  pjson.oclif.plugins = pjson.oclif.plugins.filter((name: string) => packageFolder(name, ROOT))
  if (sources) {
    pjson.oclif.commands = { strategy: 'pattern', target: './src/commands' }
    pjson.oclif.helpClass = './src/help.ts'
  } else if (!existsSync(join(ROOT, 'oclif.manifest.json'))) {
    process.stderr.write(`agentvm: not built yet\n  → cd '${ROOT}' && npm run build\n`)
    process.exit(1)
  }
  return { root: ROOT, pjson, ignoreManifest: sources }
}
