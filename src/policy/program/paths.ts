import { accessSync, constants, realpathSync, statSync } from 'node:fs'

/** Whether `path` is `folder` or lies in it. Both absolute, without `.` and `..`. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** Every folder above a path, the nearest first, without `/`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`)
}

/** A path as given and with its links resolved, where that differs. */
export function bothForms(path: string): string[] {
  try {
    return [...new Set([path, realpathSync(path)])]
  } catch {
    return [path]
  }
}

/** What is there to run: a file that may be executed, a file that may not, or nothing. */
export function executableAt(path: string): 'executable' | 'not-executable' | undefined {
  try {
    if (!statSync(path).isFile()) return undefined
  } catch {
    return undefined
  }
  try {
    accessSync(path, constants.X_OK)
    return 'executable'
  } catch {
    return 'not-executable'
  }
}
