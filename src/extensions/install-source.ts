import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What `plugins install` is given, as npm takes it: a path that exists is meant as one, where oclif takes it for a GitHub address. */
export function installSource(word: string): string {
  const looksLikePath = /^[./~]|\/|\.tgz$/.test(word)
  return looksLikePath && existsSync(resolve(word)) ? `file:${resolve(word)}` : word
}

/** Whether a plugin's folder says, by a lockfile, how its dependencies are installed. */
export function hasLockfile(folder: string): boolean {
  return ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'].some((name) =>
    existsSync(join(resolve(folder), name)),
  )
}
