import { realpathSync } from 'node:fs'
import { type CopyOptions, type CopyResult, copyTree } from '../copy-tree.ts'
import { cleanConfigs } from './clean-config.ts'
import { readIgnoreFile } from './ignore-file.ts'
import { RepositoryParts } from './repositories.ts'
import { makeStandalone } from './standalone.ts'

/** How many names a note lists. */
const NAMED = 3

/** What seeding from a folder came to. */
export interface SeedReport {
  /** What the user should know, one sentence each. */
  notes: string[]
}

/**
 * Copies a user's folder into a workspace, all but what its `.agentvmignore` names. Repositories in it become
 * independent of those elsewhere and lose their credentials.
 */
export async function copyFolder(
  source: string,
  target: string,
  options: Pick<CopyOptions, 'onProgress'>,
): Promise<SeedReport> {
  const folder = { source: realpathSync(source), target }
  const isIgnored = readIgnoreFile(folder.source)
  const parts = new RepositoryParts()
  const result = await copyTree(folder.source, target, {
    ...options,
    skip: (path, kind) => isIgnored(path, kind) || parts.note(folder, path, kind),
  })
  const made = await makeStandalone(folder, parts, options)
  const cleaned = await cleanConfigs(folder, parts)
  return { notes: [...skippedNote(result), ...made, ...cleaned] }
}

function skippedNote({ special }: CopyResult): string[] {
  if (special.length === 0) return []
  const named = special.slice(0, NAMED).join(', ')
  const rest = special.length > NAMED ? ` and ${special.length - NAMED} more` : ''
  return [`sockets, FIFOs and devices aren't copied: ${named}${rest}`]
}
