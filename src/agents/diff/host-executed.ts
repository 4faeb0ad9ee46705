import { posix } from 'node:path'
import { HOST_EXECUTED } from '../../policy/protect/host-executed.ts'
import { executingKeys } from './git-config.ts'

/** More of what host programs run commands from, at any depth; each also starts what lies below it. */
const FURTHER = [
  /(^|\/)\.?mise(\.[^/]+)?\.toml$/,
  /(^|\/)\.?mise\/config(\.[^/]+)?\.toml$/,
  /(^|\/)\.config\/mise(\.toml$|\/)/,
  /(^|\/)(\.vimrc|\.gdbinit|\.lldbinit|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.c?js|opencode\.jsonc|\.?lefthook\.(yaml|toml|json))$/,
  /(^|\/)\.cargo\/config(\.toml)?$/,
  /(^|\/)\.claude\/(commands|agents)(\/|$)/,
  /\.code-workspace$/,
]

/** Whether a path, a folder with a slash at its end, is configuration from which host programs run commands. */
export function isConfiguration(path: string): boolean {
  const below = `/${path}`
  return (
    HOST_EXECUTED.some((one) => below.endsWith(`/${one.path}`) || below.includes(`/${one.path}/`)) ||
    FURTHER.some((pattern) => pattern.test(path))
  )
}

/** Where a changed path lies, and what it holds now. */
export interface ChangedFile {
  path: string
  isSymlink: boolean
  /** Its text, or undefined if it isn't known. */
  text: () => string | undefined
  /** Whether there is something at a path of the workspace now. */
  exists: (path: string) => boolean
}

/**
 * Why a changed file may make a program of the host execute what an agent wrote, or undefined if it isn't known to.
 * A repository's configuration counts only if it sets something that can.
 */
export function hostExecutedBy(file: ChangedFile): string | undefined {
  const { path } = file
  const git = /(^|\/)\.git(\/|$)/.exec(path)
  if (git) return gitReason(path.slice(git.index + git[0].length), file)
  if (/(^|\/)config(\.worktree)?$/.test(path) && file.exists(posix.join(posix.dirname(path), 'HEAD'))) {
    return configReason(file)
  }
  return isConfiguration(path) ? 'host programs may run commands from it' : undefined
}

function gitReason(inside: string, file: ChangedFile): string | undefined {
  if (inside === '') return file.isSymlink || leadsOut(file) ? 'git is led to another repository' : undefined
  if (/(^|\/)hooks\//.test(inside)) return 'git runs it as a hook'
  if (/(^|\/)commondir$/.test(inside)) {
    return ['../..', '.'].includes(file.text()?.trim() ?? '') ? undefined : 'git is led to another repository'
  }
  return configReason(file)
}

/** Submodules and worktrees have a file that says where their repository lies. */
function leadsOut({ path, text }: ChangedFile): boolean {
  const target = /^gitdir: (.+?)\n?$/s.exec(text() ?? '')?.[1]
  if (target === undefined || target.startsWith('/')) return true
  const parts = posix.normalize(posix.join(posix.dirname(path), target)).split('/')
  return parts[0] === '..' || !parts.includes('.git')
}

function configReason({ text }: ChangedFile): string | undefined {
  const config = text()
  if (config === undefined) return "a git configuration that can't be read"
  const keys = executingKeys(config)
  return keys.length === 0
    ? undefined
    : `git obeys ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`
}
