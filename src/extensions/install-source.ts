import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.ts'
import { inOurScope } from './installed/entries.ts'
import { isPluginName } from './installed/read-plugin.ts'

/** Where a plugin comes from. */
export type InstallSource =
  | {
      /** From a registry: the package names to try, the first that is there is taken. */
      names: string[]
      /** Version, range or tag. */
      tag: string
    }
  | {
      /** A path or address, as npm takes it. */
      url: string
    }

const TAG = /^[\w.^~<>=|*+ -]+$/

/**
 * What `plugins install` is given: a path that exists is meant as one, an address that ends in `.git` as a git repository,
 * a word as a name of a registry. Throws a {@link UserError} on what can only be a path, and isn't there, and on what is none
 * of these.
 */
export function installSource(word: string): InstallSource {
  const path = resolve(word)
  if (/[./]/.test(word) && existsSync(path))
    return { url: isGitRepository(path) ? `git+file://${path}` : `file:${path}` }
  if (/^(?:\.{0,2}\/|~)|^\.{1,2}$|^[^:]*\.tgz$/.test(word))
    throw new UserError(`there is no ${path} to install`, { exitCode: 2 })
  if (word.startsWith('file:')) return fromFileAddress(word)
  if (/^https?:\/\/.*\.git(?:#|$)/.test(word)) return { url: `git+${word}` }
  if (word.includes(':') || /^[\w.-]+\/[\w.-]+(?:#|$)/.test(word)) return { url: word }
  return fromRegistry(word)
}

function fromFileAddress(word: string): InstallSource {
  if (!word.startsWith('file://')) return installSource(word.slice('file:'.length) || '.')
  const [address = '', commit] = word.split('#')
  const path = fileURLToPath(address)
  if (!existsSync(path)) throw new UserError(`there is no ${path} to install`, { exitCode: 2 })
  return { url: isGitRepository(path) ? `git+file://${path}${commit ? `#${commit}` : ''}` : `file:${path}` }
}

function fromRegistry(word: string): InstallSource {
  const [, name = '', tag = 'latest'] = /^(@?[^@]+)(?:@(.+))?$/.exec(word) ?? []
  if (!isPluginName(name) || !TAG.test(tag))
    throw new UserError(`${JSON.stringify(word)} is neither a package, a path, nor an address`, {
      fix: 'agentvm plugins install --help',
      exitCode: 2,
    })
  return { names: name.startsWith('@') ? [name] : [inOurScope(name), name], tag }
}

/** A bare repository: npm takes any folder for a package. One with a working tree is installed as it lies there. */
function isGitRepository(path: string): boolean {
  return statSync(path).isDirectory() && existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects'))
}

/** Whether a plugin's folder says, by a lockfile of npm's, how its dependencies are installed. */
export function hasLockfile(folder: string): boolean {
  return existsSync(join(resolve(folder), 'package-lock.json'))
}
