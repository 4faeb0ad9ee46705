import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { type BytePath, pathBytes } from './byte-path.ts'
import { isControlFile, leadsToControlFiles } from './git-control-files.ts'
import { entryOf, type TreeEntry } from './tree-entry.ts'

/** What not to look at. */
export interface WalkOptions {
  /** Whether to leave a folder or another entry out, with all below it. */
  skip?: (path: BytePath, isFolder: boolean) => boolean
}

/** What lies below a folder. */
export interface WalkedTree {
  entries: TreeEntry[]
  /** Folders that can't be read: what lies below them isn't known. */
  unreadable: BytePath[]
}

/**
 * Everything below a folder but folders, without following a symlink. Of a `.git` folder only the files that make git
 * execute something. What vanishes meanwhile is left out.
 */
export function walkTree(root: string, { skip = () => false }: WalkOptions = {}): WalkedTree {
  const top = Buffer.from(root).toString('latin1')
  const tree: WalkedTree = { entries: [], unreadable: [] }
  const walk = (folder: BytePath, inGit: BytePath | undefined) => {
    for (const { name, isFolder } of list(top, folder, tree)) {
      const path = folder === '' ? name : `${folder}/${name}`
      const control = inGit === undefined ? undefined : inGit === '' ? name : `${inGit}/${name}`
      if (isFolder) {
        if (control !== undefined && !leadsToControlFiles(control)) continue
        if (control === undefined && skip(path, true)) continue
        walk(path, control ?? (isGitFolder(name) ? '' : undefined))
      } else {
        if ((control !== undefined && !isControlFile(control)) || skip(path, false)) continue
        const entry = look(top, path)
        if (entry) tree.entries.push(entry)
      }
    }
  }
  walk('', undefined)
  return tree
}

function list(top: BytePath, folder: BytePath, tree: WalkedTree): { name: BytePath; isFolder: boolean }[] {
  const path = pathBytes(folder === '' ? top : `${top}/${folder}`)
  try {
    // The types say `buffer` or text; any encoding works, and this one keeps every byte.
    const entries: Dirent[] = readdirSync(path, { encoding: 'latin1' as 'utf8', withFileTypes: true })
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') tree.unreadable.push(folder)
    return []
  }
}

function look(top: BytePath, path: BytePath): TreeEntry | undefined {
  try {
    const stats = lstatSync(pathBytes(`${top}/${path}`))
    return stats.isDirectory() ? undefined : entryOf(path, stats)
  } catch {
    return undefined
  }
}

/** Where names differ by case only on the screen, so do repositories. */
function isGitFolder(name: BytePath): boolean {
  return name === '.git' || (process.platform === 'darwin' && name.toLowerCase() === '.git')
}
