import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../errors.ts'

/**
 * What `plugins install` is given, as npm takes it: a path that exists is meant as one, where oclif takes it for a GitHub
 * address. Throws a {@link UserError} on what can only be a path, and isn't there.
 */
export function installSource(word: string): string {
  const path = resolve(word)
  if (/[./]/.test(word) && existsSync(path)) return `file:${path}`
  if (!/^(?:\.{0,2}\/|~)|^\.{1,2}$|^[^:]*\.tgz$/.test(word)) return word
  throw new UserError(`there is no ${path} to install`, { exitCode: 2 })
}

/** Whether a plugin's folder says, by a lockfile, how its dependencies are installed. */
export function hasLockfile(folder: string): boolean {
  return ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].some((name) =>
    existsSync(join(resolve(folder), name)),
  )
}
