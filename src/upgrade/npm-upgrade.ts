import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ExternalCommandError, UserError } from '../errors.ts'
import { readJson } from '../policy/program/read.ts'
import { npmProblem } from '../system/npm.ts'
import { isNewer } from '../system/version.ts'
import { canReplace, versionIn } from './installation.ts'
import { askVersion, runHere, type UpgradeOptions, type UpgradeResult, uninterrupted } from './steps.ts'
import { failedUpgrade, StuckError, swapIn, switchOver } from './swap.ts'

const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'] as const

/**
 * Upgrades a global npm install: installs the newer version aside, tries it, then switches by renames. Throws a
 * {@link UserError}, leaving the old agentvm as it was, if that fails or this user may not change the install.
 */
export async function upgradeGlobal(root: string, options: UpgradeOptions): Promise<UpgradeResult> {
  const from = versionIn(root)
  const to = options.source ? undefined : await newestRelease(options)
  const result: UpgradeResult = {
    ...{ method: 'npm', from, to: to ?? from, from_commit: null, to_commit: null },
    ...{ available: to === undefined || isNewer(to, from), upgraded: false },
  }
  if (!result.available) return { ...result, to: from }
  if (options.check) return result
  const spec = options.source ?? `agentvm@${to}`
  if (!canReplace(root)) {
    throw new UserError(`you may not change ${dirname(root)}`, { fix: `sudo npm install -g ${spec}` })
  }
  return { ...result, to: await installAndSwitch(root, spec, options), upgraded: true }
}

async function installAndSwitch(root: string, spec: string, options: UpgradeOptions): Promise<string> {
  const aside = mkdtempSync(join(dirname(root), '.agentvm-'))
  const remove = () => rmSync(aside, { recursive: true, force: true })
  const installed = join(aside, 'new', 'lib', 'node_modules')
  try {
    options.say(`installing ${spec} aside`)
    await runHere(['npm', 'install', '--global', '--prefix', join(aside, 'new'), spec, ...QUIET], options)
    refuseStranger(join(installed, 'agentvm'))
    const version = await askVersion(join(installed, 'agentvm'), options)
    options.say('switching')
    await uninterrupted(() =>
      switchOver({
        swap: () => swapIn(['agentvm'], installed, dirname(root), join(aside, 'old')),
        follow: async () => void (await askVersion(root, options)),
        unfollow: async () => {},
      }),
    )
    remove()
    return version
  } catch (error) {
    if (!(error instanceof StuckError)) remove()
    const reason = error instanceof ExternalCommandError ? npmProblem(error.stderr) : undefined
    throw failedUpgrade(error, aside, reason)
  }
}

/** Whatever a registry has under our name: nothing of it is run before it says that it is this program. */
function refuseStranger(folder: string): void {
  if (readJson(join(folder, 'package.json'), 'oclif', 'bin') === 'agentvm') return
  throw new UserError('the package that npm found is another program of the same name')
}

async function newestRelease(options: UpgradeOptions): Promise<string> {
  try {
    return await runHere(['npm', 'view', 'agentvm', 'version', '--loglevel=error'], options)
  } catch (error) {
    if (!(error instanceof ExternalCommandError)) throw error
    throw new UserError(`npm doesn't say what the newest version is: ${npmProblem(error.stderr)}`, {
      fix: 'npm view agentvm version',
      cause: error,
    })
  }
}
