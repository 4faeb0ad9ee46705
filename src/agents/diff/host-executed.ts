import { posix } from 'node:path'
import { executingKeys } from './git-config.ts'

/** What host programs read from a folder that they are started in, and that can say what to run. */
const CONFIGURATIONS: [reads: string, pattern: RegExp][] = [
  ['direnv', /(^|\/)\.envrc$/],
  ['mise', /(^|\/)(\.?mise(\.[^/]+)?\.toml|\.?mise\/config(\.[^/]+)?\.toml|\.config\/mise(\.toml|\/.*))$/],
  ['vim', /(^|\/)(\.exrc|\.n?vimrc|\.nvim\.lua)$/],
  ['an editor', /(^|\/)\.(vscode|idea|zed|fleet)(\/|$)/],
  ['an editor', /\.code-workspace$/],
  ['a development container', /(^|\/)\.devcontainer(\/|\.json$)/],
  [
    'git hooks',
    /(^|\/)(\.husky(\/|$)|\.lefthook|\.?lefthook\.(ya?ml|toml|json)$|\.pre-commit-config\.yaml$)/,
  ],
  ['a debugger', /(^|\/)\.(gdbinit|lldbinit)$/],
  ['an agent CLI', /(^|\/)\.mcp\.json$/],
  ['an agent CLI', /(^|\/)\.claude\/(settings[^/]*\.json$|(hooks|commands|agents)(\/|$))/],
  [
    'an agent CLI',
    /(^|\/)\.(cursor\/(mcp|hooks)\.json|gemini\/settings\.json|codex\/config\.toml|aider\.conf\.yml)$/,
  ],
  ['an agent CLI', /(^|\/)(\.opencode(\/|$)|opencode\.jsonc?$)/],
  ['a package manager', /(^|\/)(\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.c?js|\.cargo\/config(\.toml)?)$/],
]

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
  const found = CONFIGURATIONS.find(([, pattern]) => pattern.test(path))
  return found && `${found[0]} may run what it says`
}

function gitReason(inside: string, file: ChangedFile): string | undefined {
  if (inside === '') return file.isSymlink || leadsOut(file) ? 'git is led to another repository' : undefined
  if (/(^|\/)hooks\//.test(inside)) return 'git runs it as a hook'
  if (/(^|\/)commondir$/.test(inside)) {
    return file.text()?.trim() === '../..' ? undefined : 'git is led to another repository'
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

/** Whether a path, a folder with a slash at its end, is configuration that a host program may execute. */
export function isConfiguration(path: string): boolean {
  return CONFIGURATIONS.some(([, pattern]) => pattern.test(path))
}
