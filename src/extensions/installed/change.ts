import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makePrivateDir } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { makeScratch, removeDeadScratch } from '../../system/scratch.ts'
import { type PluginEntry, readEntries, writeEntries } from './entries.ts'

const STAGING = 'staging'
const STORE = 'store'
const LOCK = 'plugins.lock'

/**
 * Runs `change` while no other agentvm changes the plugins of that folder. What changes that were ended in their middle
 * have left is removed first. Throws a {@link UserError} if another one keeps at it.
 */
export async function changingPlugins<T>(folder: string, change: () => Promise<T>): Promise<T> {
  makePrivateDir(folder)
  return withLock(
    join(folder, LOCK),
    async () => {
      removeDeadScratch(folder, [STAGING])
      removeUnlisted(folder)
      return change()
    },
    { busy: 'another agentvm is changing the plugins' },
  )
}

/** Removes what changes that were ended in their middle have left. */
export async function tidyPlugins(folder: string): Promise<void> {
  if (existsSync(folder)) await changingPlugins(folder, async () => {})
}

/** Runs `fn` with an empty folder for a package to be tried in, which is removed unless it has been kept. */
export async function withStaging<T>(folder: string, fn: (staging: string) => Promise<T>): Promise<T> {
  const staging = makeScratch(folder, STAGING)
  try {
    return await fn(staging)
  } finally {
    removeTree(staging)
  }
}

/**
 * Makes a fetched package count: moves its folder to where it stays, then replaces the list. Until that last step
 * everything is as it was. The folder of what it takes the place of is removed.
 */
export function keepPackage(
  folder: string,
  staging: string,
  root: string,
  entry: Omit<PluginEntry, 'root' | 'type'>,
): PluginEntry {
  const place = join(folder, STORE, `${entry.name.replace('/', '+')}-${randomBytes(4).toString('hex')}`)
  makePrivateDir(dirname(place))
  renameSync(staging, place)
  const kept: PluginEntry = { ...entry, type: 'user', root: root.replace(staging, place) }
  try {
    replaceEntry(folder, kept)
  } catch (error) {
    removeTree(place)
    throw error
  }
  removeUnlisted(folder)
  return kept
}

/** Puts a linked plugin on the list. The package of an installed one of the same name is removed. */
export function linkEntry(folder: string, entry: PluginEntry): void {
  replaceEntry(folder, entry)
  removeUnlisted(folder)
}

/** Puts an entry in the place of one of the same name, or at the end. */
function replaceEntry(folder: string, entry: PluginEntry): void {
  const others = readEntries(folder).filter(({ name }) => name !== entry.name)
  writeEntries(folder, [...others, entry])
}

/** Takes entries off the list, then removes what of them lies in the folder. A linked plugin's own folder stays. */
export function removeEntries(folder: string, names: readonly string[]): void {
  writeEntries(
    folder,
    readEntries(folder).filter(({ name }) => !names.includes(name)),
  )
  removeUnlisted(folder)
}

/** Removes every package that no entry names, also those of oclif's own installer once the last of them is off the list. */
function removeUnlisted(folder: string): void {
  const roots = readEntries(folder).map(({ root }) => root)
  const isUsed = (path: string) => roots.some((root) => root.startsWith(`${path}/`))
  const store = join(folder, STORE)
  const packages = existsSync(store) ? readdirSync(store).map((name) => join(store, name)) : []
  for (const path of [...packages, join(folder, 'node_modules')]) if (!isUsed(path)) removeTree(path)
}
