import type { BytePath } from './byte-path.ts'

/** Folders of a `.git` that hold, at some depth, repositories of their own. */
const HOLDERS = ['modules', 'worktrees']

/** Files of a `.git` folder by which git can be made to execute something, or to look elsewhere. */
const FILES = ['config', 'config.worktree', 'commondir']

/** Whether a path below a `.git` folder (relative to it) can make git execute something. */
export function isControlFile(path: BytePath): boolean {
  const own = ownPath(path)
  if (own === undefined) return /(^|\/)(config|config\.worktree|commondir)$/.test(path) || isHook(path)
  return FILES.includes(own) || isHook(own)
}

/** Whether a folder below a `.git` folder may hold control files. */
export function leadsToControlFiles(path: BytePath): boolean {
  const own = ownPath(path)
  return own === undefined || own === 'hooks'
}

/** git doesn't run the samples that it puts there itself. */
function isHook(path: BytePath): boolean {
  return /(^|\/)hooks\/[^/]+$/.test(path) && !path.endsWith('.sample')
}

/** A path of the repository itself; undefined below the folders of others, which are looked through whole. */
function ownPath(path: BytePath): BytePath | undefined {
  const [first = ''] = path.split('/', 1)
  return HOLDERS.includes(first) ? undefined : path
}
