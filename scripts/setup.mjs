import { pathToFileURL } from 'node:url'
import { build } from './lib/build.mjs'
import { withSetupLock } from './lib/lock.mjs'
import { installNodeModules } from './lib/node-modules.mjs'
import { say } from './lib/say.mjs'
import { installSystemPackages } from './lib/system-packages.mjs'

/**
 * Makes a fresh clone ready: system packages, npm packages, build; only what is missing, and nothing where nothing is.
 * Runs on any Node from 18 on, without any dependency.
 *
 * @param {{ forTests?: boolean }} [options] `forTests`: also what only tests need
 * @returns {Promise<string[]>} system packages that could not be installed
 */
export async function setup(options = {}) {
  try {
    return await withSetupLock(async () => {
      const missing = await installSystemPackages(options)
      await installNodeModules()
      await build()
      return missing
    })
  } catch (error) {
    say(`Setup failed: ${error.message}`)
    process.exit(1)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setup()
