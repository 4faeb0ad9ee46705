import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { type FetchOptions, fetchPackage } from '../../extensions/installed/fetch.ts'
import { readJson } from '../../policy/program/read.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { makeScratch } from '../../system/scratch.ts'
import type { Context } from '../context.ts'
import { platformName } from './platform-name.ts'
import { changingClis, installedCli, keepCli, STAGING } from './store.ts'
import { tryCli } from './try-cli.ts'

/** What `profiles install` and `profiles update` did for one profile. */
export interface CliChange {
  profile: string
  package: string
  version: string
  /** Null if there was none. */
  previous_version: string | null
  /** False if that version was there already. */
  installed: boolean
  path: string
}

/** How to install. */
export interface InstallCliOptions extends FetchOptions {
  /** Version, range or tag; undefined for the one that the profile was checked with. */
  version: string | undefined
  /** Called with what is done next. */
  say: (what: string) => void
}

/**
 * Installs the CLI of a profile by npm into a folder of agentvm's own, where spawns of that profile find it before any
 * on the PATH. It is fetched aside and must say its version in a sandbox first; if anything fails, a {@link UserError} is thrown,
 * and what was installed before stays.
 */
export function installCli(
  context: Context,
  profile: Profile,
  options: InstallCliOptions,
): Promise<CliChange> {
  const { npm } = profile.install
  const [command] = profile.command
  if (npm === undefined || command.includes('/')) {
    throw new UserError(`${profile.label} doesn't come from npm`, { fix: profile.install.hint })
  }
  const tag = options.version ?? profile.versions.checked ?? 'latest'
  return changingClis(context, async () => {
    const before = installedCli(context, profile.name)
    const base = { profile: profile.name, package: npm, previous_version: before?.version ?? null }
    if (before?.version === tag && !options.force) {
      return { ...base, version: tag, installed: false, path: join(before.root, 'bin', command) }
    }
    const staging = makeScratch(context.home.clis, STAGING)
    try {
      options.say(`fetching ${npm}@${tag}`)
      const { root } = await fetchPackage(staging, { names: [npm], tag }, options)
      linkProgram(staging, root, profile)
      const version = String(readJson(join(root, 'package.json'), 'version'))
      options.say(`trying ${command} ${version}`)
      await tryCli(context, profile, staging, options.allowScripts)
      const cli = keepCli(context, profile.name, version, staging)
      return { ...base, version, installed: true, path: join(cli.root, 'bin', command) }
    } finally {
      removeTree(staging)
    }
  })
}

/** Puts a link to the program into `bin`: to the platform's own, where only an install script would have put it in its place. */
function linkProgram(staging: string, root: string, profile: Profile): void {
  const [command] = profile.command
  const native = profile.install.native?.replaceAll('{platform}', platformName())
  const own = native === undefined ? undefined : join('node_modules', native)
  const target = own && existsSync(join(staging, own)) ? own : join('node_modules', '.bin', command)
  if (!existsSync(join(staging, target))) {
    throw new UserError(
      `the package ${root.slice(staging.length + '/node_modules/'.length)} has no '${command}'`,
    )
  }
  // As npm does for the programs of a package itself.
  if ((statSync(join(staging, target)).mode & 0o111) === 0) chmodSync(join(staging, target), 0o755)
  mkdirSync(join(staging, 'bin'))
  symlinkSync(join('..', target), join(staging, 'bin', command))
}
