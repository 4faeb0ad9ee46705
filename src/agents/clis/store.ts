import { randomBytes } from 'node:crypto'
import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { entriesOf, makePrivateDir } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { removeDeadScratch } from '../../system/scratch.ts'
import type { Context } from '../context.ts'
import { isRunning, liveness } from '../state/liveness.ts'

/** The link to the installation that counts; beside it lies each as `<version>-<random>`. */
const CURRENT = 'current'
/** Kind of the folders in which installations are tried. */
export const STAGING = 'staging'

/** A CLI that agentvm has installed for a profile. */
export interface InstalledCli {
  profile: string
  version: string
  /** The folder that npm installed into. */
  root: string
}

/** The CLI that was installed for a profile; undefined if none was. */
export function installedCli({ home }: Pick<Context, 'home'>, profile: string): InstalledCli | undefined {
  const folder = join(home.clis, profile)
  try {
    const name = basename(readlinkSync(join(folder, CURRENT)))
    return { profile, version: name.slice(0, name.lastIndexOf('-')), root: join(folder, name) }
  } catch {
    return undefined
  }
}

/** The folder of an installation's program. */
export function binFolder({ root }: InstalledCli): string {
  return join(root, 'bin')
}

/** Every CLI that agentvm has installed, by profile. */
export function installedClis(context: Pick<Context, 'home'>): InstalledCli[] {
  return profilesOf(context).flatMap((profile) => installedCli(context, profile) ?? [])
}

/** The profiles that have a folder of installations. Beside those lie the lock and folders in which one is tried. */
function profilesOf({ home }: Pick<Context, 'home'>): string[] {
  return entriesOf(home.clis)
    .sort()
    .filter((name) => !name.startsWith('.') && !/^staging-\d+-/.test(name))
}

/** Runs `change` while no other agentvm changes these CLIs. What changes that were ended in their middle left is removed. */
export async function changingClis<T>(context: Context, change: () => Promise<T>): Promise<T> {
  const { home } = context
  makePrivateDir(home.clis)
  return withLock(
    join(home.clis, '.lock'),
    async () => {
      removeDeadScratch(home.clis, [STAGING])
      for (const profile of profilesOf(context)) removeUnused(context, profile)
      return change()
    },
    { busy: 'another agentvm is installing CLIs' },
  )
}

/** Makes a tried folder the installation that counts, by one rename of a link. */
export function keepCli(context: Context, profile: string, version: string, staging: string): InstalledCli {
  const folder = join(context.home.clis, profile)
  makePrivateDir(folder)
  const name = `${version}-${randomBytes(4).toString('hex')}`
  renameSync(staging, join(folder, name))
  const link = join(folder, `${CURRENT}.${name}`)
  symlinkSync(name, link)
  renameSync(link, join(folder, CURRENT))
  removeUnused(context, profile)
  return { profile, version, root: join(folder, name) }
}

/** Takes an installation off. */
export function dropCli(context: Context, profile: string): void {
  rmSync(join(context.home.clis, profile, CURRENT), { force: true })
  removeUnused(context, profile)
}

/** Removes installations that don't count any more, unless an agent of the profile runs: it may still need its files. */
function removeUnused(context: Context, profile: string): void {
  const users = context.store.all().filter((record) => record.profile === profile)
  if (users.some((record) => isRunning(liveness(record, context.home)))) return
  const folder = join(context.home.clis, profile)
  const kept = installedCli(context, profile)
  for (const entry of entriesOf(folder).sort()) {
    if (entry !== CURRENT && join(folder, entry) !== kept?.root) removeTree(join(folder, entry))
  }
  if (!kept) removeTree(folder)
}
