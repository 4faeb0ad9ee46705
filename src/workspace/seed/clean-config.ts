import { dirname, relative, resolve } from 'node:path'
import { ExternalCommandError, UserError } from '../../errors.ts'
import { withoutCredentials } from './credentials.ts'
import { type ConfigEntry, keyOf, readGitConfig, writeGitConfig } from './git-config.ts'
import { isWithin, type Part, type RepositoryParts } from './repositories.ts'

/**
 * Takes out of the copied repositories' configuration what must not come over: credentials, and work trees elsewhere.
 * Returns what was removed, in words. Throws a {@link UserError} on a configuration that git can't read.
 */
export async function cleanConfigs(folder: Part, parts: RepositoryParts): Promise<string[]> {
  const notes: string[] = []
  for (const { target } of parts.configs) {
    const name = relative(folder.target, target)
    const before = await read(target, name)
    const { entries, removed } = withoutCredentials(before)
    const isStandalone = parts.standalone.has(dirname(target))
    const own = entries.filter((entry) => !tiesElsewhere(entry, folder.target, target, isStandalone))
    if (removed.length > 0 || own.length < before.length) writeGitConfig(target, own)
    if (removed.length > 0) {
      notes.push(`credentials in ${name} don't come along, removed: ${removed.join(', ')}`)
    }
  }
  return notes
}

async function read(file: string, name: string): Promise<ConfigEntry[]> {
  try {
    return await readGitConfig(file)
  } catch (error) {
    if (!(error instanceof ExternalCommandError)) throw error
    throw new UserError(`git can't read ${name}: ${error.stderr.trim().split('\n')[0]}`, {
      fix: 'mend it, or leave its repository out by a line in .agentvmignore',
      cause: error,
    })
  }
}

/** A work tree elsewhere is where git would write the files of a checkout. */
function tiesElsewhere(entry: ConfigEntry, folder: string, file: string, isStandalone: boolean): boolean {
  const key = keyOf(entry)
  if (isStandalone && (key === 'core.worktree' || key === 'core.bare')) return true
  return key === 'core.worktree' && !isWithin(folder, resolve(dirname(file), entry.value ?? ''))
}
