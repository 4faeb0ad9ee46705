import { existsSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { EntryKind } from '../copy-tree.ts'

/** A part of a repository, at its own place and in the copy. */
export interface Part {
  source: string
  target: string
}

/** What git writes into a repository. */
const DATA = new Set([
  ...['HEAD', 'config', 'index', 'info', 'logs', 'objects', 'packed-refs', 'refs', 'remotes', 'rr-cache'],
  ...['shallow', 'svn'],
])

/**
 * Notes, while a folder is copied, what must not come over as it is: it would tie the copy to repositories elsewhere,
 * or give it the user's credentials.
 */
export class RepositoryParts {
  /** `.git` files and links: linked worktrees, submodules. Not copied. */
  readonly pointers: Part[] = []
  /** Configuration files of repositories. Copied. */
  readonly configs: Part[] = []
  /** `objects/info/alternates`: objects borrowed from another repository. Copied. */
  readonly alternates: Part[] = []
  /** Links from a repository to data of another, as `git-new-workdir` makes them. Not copied. */
  readonly links: Part[] = []

  /** Repositories (their `.git` in the copy) that were made out of the part of another. */
  readonly standalone = new Set<string>()

  /** Whether an entry is to be left out. `path` is relative to both folders. */
  note(from: Part, path: string, kind: EntryKind): boolean {
    const part = { source: join(from.source, path), target: join(from.target, path) }
    const name = basename(path)
    if (name === '.git' && kind !== 'folder') return this.pointers.push(part) > 0
    if (kind === 'folder') return name === 'worktrees' && isRepository(dirname(part.source))
    if (kind === 'link') return isForeignData(part.source) && this.links.push(part) > 0
    if (/^config(?:\.worktree)?$/.test(name) && isRepository(dirname(part.source))) this.configs.push(part)
    if (part.source.endsWith('/objects/info/alternates')) this.alternates.push(part)
    return false
  }
}

/** Whether a folder is a repository, or the part of one that a linked worktree has of its own. */
export function isRepository(folder: string): boolean {
  return (
    existsSync(join(folder, 'HEAD')) &&
    ['objects', 'commondir'].some((name) => existsSync(join(folder, name)))
  )
}

/** Whether a path, links in it resolved, lies in a folder. */
export function isWithin(folder: string, path: string): boolean {
  try {
    return `${realpathSync(path)}${sep}`.startsWith(`${realpathSync(folder)}${sep}`)
  } catch {
    return false
  }
}

/** Whether a link leads from a repository's own data to those of another. */
function isForeignData(link: string): boolean {
  const folder = dirname(link)
  if (!DATA.has(basename(link)) || !existsSync(link)) return false
  const repository = [folder, dirname(folder)].find(isRepository)
  return repository !== undefined && !isWithin(repository, resolve(folder, readlinkSync(link)))
}
