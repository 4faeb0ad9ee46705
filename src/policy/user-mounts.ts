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
    const mount = mountOf(path)
    if (!mount) throw new UserError(`${flag} ${path}: there is no such file or folder`, { exitCode: 2 })
    refuseOwnFolder(mount, `${flag} ${path}`, agentvmHome)
    return mount
  })
}

/**
 * Host paths that a profile opens, at the same place inside. Those that aren't there are left out, and `onMissing` is
 * told. Throws a {@link UserError} for one that would open agentvm's own home or the whole disk.
 */
export function profileMounts(
  paths: readonly string[] | undefined,
  profile: string,
  agentvmHome: string,
  onMissing: (path: string) => void = () => {},
): Mount[] {
  return (paths ?? []).flatMap((path) => {
    const mount = mountOf(path)
    if (mount) refuseOwnFolder(mount, `the path ${path} of the profile '${profile}'`, agentvmHome)
    else onMissing(path)
    return mount ?? []
  })
}

/** A path at its own place, its source with links resolved; undefined if it isn't there. */
function mountOf(path: string): Mount | undefined {
  const target = resolve(path)
  try {
    return { source: realpathSync(target), target }
  } catch {
    return undefined
  }
}

function refuseOwnFolder({ source }: Mount, what: string, agentvmHome: string): void {
  if (!contains(source, agentvmHome) && !contains(agentvmHome, source)) return
  throw new UserError(`${what} would open agentvm's own folder, with other agents and your keys`, {
    fix: 'name a narrower path',
    exitCode: 2,
  })
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, realPath(path))
  return way !== '..' && !way.startsWith('../')
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
