import { build, isBuilt } from './build.mjs'
import { withLock } from './lock.mjs'
import { installNpmPackages, npmPackagesMatch } from './npm-packages.mjs'
import { main, say } from './root.mjs'
import { installSystemPackages } from './system-packages.mjs'

/**
 * Makes a clone ready to run: system packages, npm packages, build. Does only what is missing, and says nothing if
 * nothing is. Any Node.js from 18 on can run it.
 * @returns {Promise<{missing: string | undefined}>} the system packages that it could not install, as a text
 */
export async function setup() {
  const missing = installSystemPackages()
  if (missing) say(`agentvm: ${missing}`)
  if (!npmPackagesMatch() || !isBuilt()) await withLock(installAndBuild)
  return { missing }
}

/** Looks again: another setup may have done it while this one waited. */
async function installAndBuild() {
  if (!npmPackagesMatch()) installNpmPackages()
  if (isBuilt()) return
  say('Building …')
  await build()
}

if (process.argv[1]?.endsWith('scripts/setup.mjs')) await main(async () => void (await setup()))
