import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs'
import { join, posix } from 'node:path'
import { pathValues } from './git-config.ts'
import type { HostExecuted } from './host-executed.ts'
import { kindAt } from './look.ts'

/** Longest part of a `.git/config` that is searched for paths. */
const CONFIG_BYTES = 1_048_576
/** How deep, and how many, submodules are looked for. */
const DEEPEST = 6
const MOST = 100

/** Whether `.git/config` may be changed by the agent. */
export type GitConfigMode = 'ro' | 'rw'

/**
 * The paths of a root's own repository from which git runs commands, its submodules' included. Each has what is to be
 * put there if it is absent: git reads configuration and hooks from wherever `.git/commondir` leads, so that an agent
 * which could make that file would need neither. With content `.` it leads to `.git` itself.
 */
export function gitPaths(root: string, gitConfig: GitConfigMode): HostExecuted[] {
  const kind = kindAt(root, '.git')
  if (kind === 'file') return [{ path: '.git', placeholder: { kind: 'file', content: '' } }]
  if (kind !== 'folder') return []
  const repositories = ['.git', ...submodules(root, '.git/modules', DEEPEST).slice(0, MOST)]
  return [...repositories.flatMap((folder) => repositoryPaths(folder, gitConfig)), ...configuredPaths(root)]
}

function repositoryPaths(folder: string, gitConfig: GitConfigMode): HostExecuted[] {
  const file = (name: string, content: string): HostExecuted => ({
    path: `${folder}/${name}`,
    placeholder: { kind: 'file', content },
  })
  return [
    { path: `${folder}/hooks`, placeholder: { kind: 'folder' } },
    file('commondir', '.\n'),
    ...(gitConfig === 'rw' ? [] : [file('config', ''), file('config.worktree', '')]),
  ]
}

/** The git folders of submodules, whose names may hold slashes. */
function submodules(root: string, folder: string, depth: number): string[] {
  if (depth === 0 || kindAt(root, folder) !== 'folder') return []
  const inside = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  return inside.slice(0, MOST).flatMap(({ name }) => {
    const path = `${folder}/${name}`
    const isRepository = kindAt(root, `${path}/HEAD`) === 'file'
    return isRepository
      ? [path, ...submodules(root, `${path}/modules`, depth - 1)]
      : submodules(root, path, depth - 1)
  })
}

/** Paths within the root that its git configuration names: `core.hooksPath`, and further configuration files. */
function configuredPaths(root: string): HostExecuted[] {
  const found = pathValues(readConfig(join(root, '.git/config')))
  return found.flatMap(({ isFile, value }): HostExecuted[] => {
    if (value.startsWith('/') || value.startsWith('~')) return []
    const path = posix.normalize(isFile ? `.git/${value}` : value).replace(/\/+$/, '')
    if (path.startsWith('..') || path === '.' || path === '.git') return []
    return [{ path, placeholder: isFile ? { kind: 'file', content: '' } : { kind: 'folder' } }]
  })
}

function readConfig(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(CONFIG_BYTES)
      return buffer.toString('utf8', 0, readSync(fd, buffer))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
