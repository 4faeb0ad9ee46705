import { realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { Mount } from '@agentvm/sdk'
import { UserError } from '../errors.ts'

/**
 * Host paths that the user opens with `--ro` and `--rw`, at the same place inside. Throws a {@link UserError} for one
 * that isn't there, or that would open agentvm's own home (other agents, keys) or the whole disk.
 */
export function userMounts(paths: readonly string[], flag: '--ro' | '--rw', agentvmHome: string): Mount[] {
  return paths.map((path) => {
    const target = resolve(path)
    let source: string
    try {
      source = realpathSync(target)
    } catch (error) {
      throw new UserError(`${flag} ${path}: there is no such file or folder`, { exitCode: 2, cause: error })
    }
    if (contains(source, agentvmHome) || contains(agentvmHome, source)) {
      throw new UserError(
        `${flag} ${path} would open agentvm's own folder, with other agents and your keys`,
        {
          fix: 'name a narrower path',
          exitCode: 2,
        },
      )
    }
    return { source, target }
  })
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, realPath(path))
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'))
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
