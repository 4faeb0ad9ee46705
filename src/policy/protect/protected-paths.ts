import { type GitConfigMode, gitPaths } from './git-paths.ts'
import { HOST_EXECUTED, type HostExecuted } from './host-executed.ts'
import { kindAt } from './look.ts'

/**
 * How far the agent is kept from what host programs would run.
 *
 * - `existing`: what was there when the agent was made stays as it is; it may make what wasn't.
 * - `strict`: it may make none of it either.
 * - `off`: nothing is protected.
 */
export type ProtectMode = 'existing' | 'strict' | 'off'

/** What is to be protected below one root that the agent can write. Paths are relative to the root. */
export interface ProtectedPaths {
  /** These exist: to be kept as they are. */
  keep: string[]
  /** These don't: to be made, and kept. */
  make: HostExecuted[]
  /** These are symlinks, or lie behind one: nothing keeps the agent from replacing them. */
  links: string[]
}

/** The names below a root, as it is now, from which host programs run commands. */
export function hostExecutedIn(root: string): string[] {
  const names = HOST_EXECUTED.map(({ path }) => path)
  return ['.git', ...names].filter((path) => kindAt(root, path) !== 'absent')
}

/**
 * Finds what to protect below a root. `existed` are the names of {@link hostExecutedIn} at the time when the agent was
 * made: what the agent has made itself since is its own. Looks at the file system, changes nothing, follows no symlink.
 */
export function protectedPaths(
  root: string,
  existed: readonly string[],
  { mode, gitConfig }: { mode: ProtectMode; gitConfig: GitConfigMode },
): ProtectedPaths {
  const found: ProtectedPaths = { keep: [], make: [], links: [] }
  if (mode === 'off') return found
  const strict = mode === 'strict'
  const wanted = [
    ...HOST_EXECUTED.filter(({ path }) => strict || existed.includes(path)),
    ...(strict && kindAt(root, '.git') === 'absent' ? [GIT_FOLDER] : []),
  ]
  const git = strict || existed.includes('.git') ? gitPaths(root, gitConfig) : []
  if (existed.includes('.git') && kindAt(root, '.git') === 'link') found.links.push('.git')
  for (const one of [...wanted, ...git]) {
    const kind = kindAt(root, one.path)
    if (kind === 'link') found.links.push(one.path)
    else if (kind !== 'absent') found.keep.push(one.path)
    else if (strict || git.includes(one)) found.make.push(one)
  }
  return { ...found, keep: outermost(found.keep) }
}

/** Each path once, and none that lies within another. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)]
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)))
}

const GIT_FOLDER: HostExecuted = { path: '.git', placeholder: { kind: 'folder' } }
