import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { errorCode } from '../../system/files.ts'
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
  /** What can't be looked at, folders as a rule: what lies below them isn't known. */
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
    for (const found of list(top, folder, tree)) {
      const { name } = found
      const path = folder === '' ? name : `${folder}/${name}`
      const control = inGit === undefined ? undefined : inGit === '' ? name : `${inGit}/${name}`
      if (found.isDirectory()) {
        if (control !== undefined && !leadsToControlFiles(control)) continue
        if (control === undefined && skip(path, true)) continue
        walk(path, control ?? (isGitFolder(name) ? '' : undefined))
      } else {
        if ((control !== undefined && !isControlFile(control)) || skip(path, false)) continue
        const entry = look(top, path, tree)
        if (entry) tree.entries.push(entry)
      }
    }
  }
  walk('', undefined)
  return tree
}

function list(top: BytePath, folder: BytePath, tree: WalkedTree): Dirent[] {
  const path = pathBytes(folder === '' ? top : `${top}/${folder}`)
  try {
    // The types say `buffer` or text; any encoding works, and this one keeps every byte.
    return readdirSync(path, { encoding: 'latin1' as 'utf8', withFileTypes: true })
  } catch (error) {
    if (!hasGone(error)) tree.unreadable.push(folder)
    return []
  }
}

function look(top: BytePath, path: BytePath, tree: WalkedTree): TreeEntry | undefined {
  try {
    const stats = lstatSync(pathBytes(`${top}/${path}`))
    return stats.isDirectory() ? undefined : entryOf(path, stats)
  } catch (error) {
    if (!hasGone(error)) tree.unreadable.push(path)
    return undefined
  }
}

/** Else it is there, but closed to us, or deeper than a path may be long. */
function hasGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')
}

/** Where names differ by case only on the screen, so do repositories. */
function isGitFolder(name: BytePath): boolean {
  return name === '.git' || (process.platform === 'darwin' && name.toLowerCase() === '.git')
}
