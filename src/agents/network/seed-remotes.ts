import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ExternalCommandError } from '../../errors.ts'
import { type ConfigEntry, readGitConfig } from '../../workspace/seed/git-config.ts'
import type { Seed } from '../spawn/seed.ts'

/**
 * Addresses of the repository that a workspace is to be made from. Read from the user's own folder before the agent has
 * it: what an agent writes into its `.git/config` must not open hosts for it.
 */
export async function seedRemotes(seed: Seed | undefined): Promise<string[]> {
  if (seed === undefined) return []
  if ('git' in seed) return [seed.git]
  const config = join(seed.dir, '.git', 'config')
  if (!existsSync(config)) return []
  const entries = await readGitConfig(config).catch((error: unknown): ConfigEntry[] => {
    // One that git can't read opens nothing; the seed itself will say what is wrong with it, if it takes it.
    if (error instanceof ExternalCommandError) return []
    throw error
  })
  return entries.flatMap(({ section, name, value }) =>
    section === 'remote' && name === 'url' && value !== undefined ? [value] : [],
  )
}
