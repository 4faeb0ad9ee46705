import { build, isBuilt } from './build.mjs'
import { withLock } from './lock.mjs'
import { installNpmPackages, npmPackagesMatch } from './npm-packages.mjs'
import { isMain, main, say } from './root.mjs'
import { installSystemPackages, missingPackages } from './system-packages.mjs'

/**
 * Makes a clone ready to run: system packages, npm packages, build. Does only what is missing, and says nothing if
 * nothing is. Any Node.js from 18 on can run it.
 * @returns {Promise<string | undefined>} what system packages it could not install, and how to; undefined if all are there
 */
export async function setup() {
  if (missingPackages().length === 0 && npmPackagesMatch() && isBuilt()) return undefined
  return withLock(setUpWhatIsMissing)
}

/** Looks at each again: another setup may have done it while this one waited. */
async function setUpWhatIsMissing() {
  const missing = installSystemPackages()
  if (missing) say(`agentvm: ${missing}`)
  if (!npmPackagesMatch()) installNpmPackages()
  if (!isBuilt()) {
    say('Building …')
    await build()
  }
  return missing
}

if (isMain(import.meta.url)) await main(async () => void (await setup()))
