import { realpathSync, rmSync } from 'node:fs'
import type { Config } from '@oclif/core'
import { changingPlugins, removeEntries } from './change.ts'
import { entryMeant, listOf, type PluginEntry, readEntries, writeEntries } from './entries.ts'
import { notInstalled } from './update.ts'

/** One plugin that was taken off: a row of `plugins uninstall --json` and `plugins reset --json`. */
export interface RemovedRow {
  name: string
  version: string | null
}

/**
 * The installed or linked plugins that these words name: names, names without our scope, folders of linked ones. Throws a
 * {@link UserError} if a word names none.
 */
export function findEntries(folder: string, words: readonly string[]): PluginEntry[] {
  const entries = readEntries(folder)
  return words.map((word) => {
    const entry =
      entryMeant(word, entries) ??
      entries.find(({ root, type }) => type === 'link' && isSameFolder(root, word))
    if (!entry) throw notInstalled(word, entries)
    return entry
  })
}

/** Takes plugins off; those of the names that are built in, too, count again. */
export function uninstallPlugins(config: Config, entries: readonly PluginEntry[]): Promise<RemovedRow[]> {
  const names = entries.map(({ name }) => name)
  return changingPlugins(config.dataDir, async () => {
    removeEntries(config.dataDir, names)
    return names.map((name) => ({ name, version: config.plugins.get(name)?.version ?? null }))
  })
}

/** What {@link resetPlugins} would take off, in words; empty if there is nothing. */
export function whatResetTakes(folder: string): string[] {
  return knownNames(folder) ?? ['all plugins, whose list is damaged']
}

/** Takes all plugins off, also where their list can't be read. */
export async function resetPlugins(config: Config): Promise<RemovedRow[]> {
  const names = knownNames(config.dataDir)
  if (names === undefined) rmSync(listOf(config.dataDir), { force: true })
  return changingPlugins(config.dataDir, async () => {
    writeEntries(config.dataDir, [])
    removeEntries(config.dataDir, [])
    return (names ?? []).map((name) => ({ name, version: config.plugins.get(name)?.version ?? null }))
  })
}

function knownNames(folder: string): string[] | undefined {
  try {
    return readEntries(folder).map(({ name }) => name)
  } catch {
    return undefined
  }
}

function isSameFolder(root: string, word: string): boolean {
  try {
    return realpathSync(root) === realpathSync(word)
  } catch {
    return false
  }
}
