import { dirname } from 'node:path/posix'

/** The folders above these paths, each once, outermost first; with `below`, only those within one of these folders or the folder itself. */
export function foldersAbove(paths: readonly string[], below: readonly string[] = ['/']): string[] {
  const found = new Set<string>()
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '/' && folder !== '.'; folder = dirname(folder)) {
      if (below.some((root) => root === '/' || folder === root || folder.startsWith(`${root}/`))) {
        found.add(folder)
      }
    }
  }
  return [...found].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
}
