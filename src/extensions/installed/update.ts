import type { Config } from '@oclif/core'
import { Interrupted, UserError } from '../../errors.ts'
import { nearest } from '../../system/nearest.ts'
import { inWords } from '../../system/system-error.ts'
import type { InstallSource } from '../install-source.ts'
import { allowedPlugins } from './allowed.ts'
import { changingPlugins } from './change.ts'
import { entryMeant, type PluginEntry, readEntries } from './entries.ts'
import { fetchAndKeep, type InstallOptions, type Proposal } from './install.ts'

/** One plugin of `plugins update --json`. */
export interface UpdateRow {
  name: string
  /** The version that is there now; null if the plugin can't be read. */
  version: string | null
  previous_version: string | null
  updated: boolean
  /** Why it wasn't updated, if something went wrong. */
  error: string | null
  /** What mends that, if anybody can say. */
  fix: string | null
}

/**
 * Installs anew what the user has installed, all of it or the named ones, each from where it came from. One that fails
 * stays as it was, and doesn't keep the others back. Throws a {@link UserError} if a name isn't one of an installed plugin.
 */
export function updatePlugins(
  config: Config,
  names: readonly string[],
  options: InstallOptions,
): Promise<UpdateRow[]> {
  return changingPlugins(config.dataDir, async () => {
    const entries = chosen(config.dataDir, names)
    const rows: UpdateRow[] = []
    for (const entry of entries) rows.push(await update(config, entry, options))
    return rows
  })
}

function chosen(folder: string, names: readonly string[]): PluginEntry[] {
  const entries = readEntries(folder)
  const installed = entries.filter(({ type }) => type === 'user')
  if (names.length === 0) return installed
  return names.map((name) => {
    const entry = entryMeant(name, entries)
    if (entry?.type === 'link')
      throw new UserError(`${name} is linked: what lies in ${entry.root} is what counts`, { exitCode: 2 })
    if (!entry) throw notInstalled(name, entries)
    return entry
  })
}

async function update(config: Config, entry: PluginEntry, options: InstallOptions): Promise<UpdateRow> {
  const previous = config.plugins.get(entry.name)?.version ?? null
  const same = {
    name: entry.name,
    version: previous,
    previous_version: previous,
    updated: false,
    ...{ error: null, fix: null },
  }
  let wasSame = false
  const approve = async (proposal: Proposal) => {
    wasSame = proposal.isSame && 'tag' in entry
    return !wasSame && (await options.approve(proposal))
  }
  try {
    const change = await fetchAndKeep(config, sourceOf(entry), allowedPlugins(options.env), {
      ...options,
      approve,
    })
    return change
      ? { ...same, version: change.version, updated: true }
      : { ...same, error: wasSame ? null : 'not wanted' }
  } catch (error) {
    if (error instanceof Interrupted) throw error
    const { what, fix = null } = inWords(error as Error)
    return { ...same, error: what, fix }
  }
}

function sourceOf({ name, url, tag = 'latest' }: PluginEntry): InstallSource {
  return url === undefined ? { names: [name], tag } : { url }
}

/** For a name that isn't one of the user's plugins. */
export function notInstalled(name: string, entries: readonly PluginEntry[]): UserError {
  const suggestion = nearest(
    name,
    entries.map((entry) => entry.name),
  )
  return new UserError(`the plugin '${name}' is not installed`, {
    fix: suggestion ? `did you mean '${suggestion}'?` : "'agentvm plugins' lists those that are",
  })
}
