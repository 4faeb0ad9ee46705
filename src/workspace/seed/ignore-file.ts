import { join } from 'node:path'
import ignore from 'ignore'
import { readIfExists } from '../../system/files.ts'
import type { EntryKind } from '../copy-tree.ts'

/** Names what a seed from a folder leaves out. */
const IGNORE_FILE = '.agentvmignore'

/**
 * What the folder's `.agentvmignore` leaves out, by the rules of a `.gitignore`. A repository (`.git`) is left out as
 * a whole or not at all: half of one would be broken.
 */
export function readIgnoreFile(folder: string): (path: string, kind: EntryKind) => boolean {
  const text = readIfExists(join(folder, IGNORE_FILE))
  if (text === undefined) return () => false
  const rules = ignore({ allowRelativePaths: true }).add(text)
  return (path, kind) => {
    if (/(?:^|\/)\.git\//.test(path)) return false
    const isGit = path === '.git' || path.endsWith('/.git')
    return rules.ignores(kind === 'folder' || isGit ? `${path}/` : path)
  }
}
