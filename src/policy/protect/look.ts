import { lstatSync } from 'node:fs'
import { join } from 'node:path'

/** What lies at a path below a root. `link`: it, or a folder on the way to it, is a symlink. */
export type Kind = 'file' | 'folder' | 'link' | 'other' | 'absent'

/** Looks at a path below a root that an agent can write, without following a symlink anywhere on the way. */
export function kindAt(root: string, path: string): Kind {
  let at = root
  let kind: Kind = 'folder'
  for (const part of path.split('/')) {
    if (kind !== 'folder') return kind === 'link' ? 'link' : 'absent'
    at = join(at, part)
    kind = kindOf(at)
  }
  return kind
}

function kindOf(path: string): Kind {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return 'absent'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other'
}
