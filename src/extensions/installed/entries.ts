import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { errorCode, makePrivateDir, writeFileAtomic } from '../../system/files.ts'

/** One plugin that the user has installed (`user`) or linked, in oclif's own form. */
export interface PluginEntry {
  name: string
  type: 'user' | 'link'
  /** The package's folder. */
  root: string
  /** Version, range or tag that `plugins update` follows, of one that came from a registry. */
  tag?: string
  /** What it was installed from, if not from a registry, as npm takes it. */
  url?: string
}

/** The name that a word without a scope stands for first: `profile-foo` for `@agentvm/profile-foo`. */
export const inOurScope = (word: string): string => `@agentvm/${word}`

/** Which of some names a word means: itself, that in our scope, or the only one that ends in it after its scope. */
export function nameMeant(word: string, names: readonly string[]): string | undefined {
  const exact = [word, inOurScope(word)].find((name) => names.includes(name))
  const [ending, another] = names.filter((name) => name.endsWith(`/${word}`))
  return exact ?? (another === undefined ? ending : undefined)
}

/** The entry that a word means, as {@link nameMeant}. */
export function entryMeant(word: string, entries: readonly PluginEntry[]): PluginEntry | undefined {
  const meant = nameMeant(
    word,
    entries.map(({ name }) => name),
  )
  return entries.find(({ name }) => name === meant)
}

/** Where a folder of plugins keeps their list: the one file whose change makes an installation count. */
export const listOf = (folder: string): string => join(folder, 'package.json')

/**
 * The plugins of a folder (`$AGENTVM_HOME/plugins`). Entries that say nothing are left out. Throws a {@link UserError}
 * if the list can't be read.
 */
export function readEntries(folder: string): PluginEntry[] {
  const path = listOf(folder)
  let list: { oclif?: { plugins?: unknown } } | null
  try {
    list = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw new UserError(`${path} can't be read: ${(error as Error).message}`, {
      fix: 'agentvm plugins reset, then install them again',
      cause: error,
    })
  }
  const plugins = list?.oclif?.plugins
  return Array.isArray(plugins) ? plugins.flatMap((plugin) => entryOf(plugin, folder)) : []
}

/** Replaces the list as a whole. */
export function writeEntries(folder: string, plugins: readonly PluginEntry[]): void {
  makePrivateDir(folder)
  const list = {
    ...{ name: 'agentvm', private: true },
    // What lies in the folder is found there, also after the folder was moved.
    oclif: {
      schema: 1,
      plugins: plugins.map((plugin) => ({ ...plugin, root: within(folder, plugin.root) })),
    },
  }
  writeFileAtomic(listOf(folder), `${JSON.stringify(list, null, 2)}\n`)
}

function within(folder: string, root: string): string {
  return root.startsWith(`${folder}/`) ? relative(folder, root) : root
}

function entryOf(plugin: unknown, folder: string): PluginEntry[] {
  const fields = (typeof plugin === 'string' ? { name: plugin } : (plugin ?? {})) as Record<string, unknown>
  const { name, type, root, tag, url } = fields
  if (typeof name !== 'string' || (type === 'link' && typeof root !== 'string')) return []
  return [
    {
      name,
      type: type === 'link' ? 'link' : 'user',
      // Where oclif's own installer put them, before agentvm 0.6.
      root: typeof root === 'string' ? resolve(folder, root) : join(folder, 'node_modules', name),
      ...(typeof tag === 'string' ? { tag } : {}),
      ...(typeof url === 'string' ? { url } : {}),
    },
  ]
}
