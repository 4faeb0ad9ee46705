import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { readIfExists } from '../../system/files.ts'
import { type CopyOptions, copyTree } from '../copy-tree.ts'
import { isRepository, isWithin, type Part, type RepositoryParts } from './repositories.ts'

/** What all worktrees of a repository share. Everything else in its `.git` is the main worktree's own. */
const SHARED = new Set([
  ...['branches', 'common', 'config', 'description', 'hooks', 'info', 'lfs', 'logs', 'objects'],
  ...['packed-refs', 'refs', 'remotes', 'rr-cache', 'shallow', 'svn'],
])
/** Parts of the shared folders that are nevertheless the main worktree's own. */
const OWN = new Set(['info/sparse-checkout', 'logs/HEAD', 'refs/bisect', 'refs/rewritten', 'refs/worktree'])
/** What ties a linked worktree to its repository, or is another repository. */
const TIES = new Set(['commondir', 'gitdir', 'locked', 'modules'])

/**
 * Makes the repositories in a copied folder independent of those elsewhere: a commit in the copy must never land in
 * one of the user's. Returns what it did, in words.
 */
export async function makeStandalone(
  folder: Part,
  parts: RepositoryParts,
  options: CopyOptions,
): Promise<string[]> {
  const notes: string[] = []
  const copyPart = async (part: Part, extra: CopyOptions = {}) => {
    const skip: CopyOptions['skip'] = (path, kind) => extra.skip?.(path, kind) || parts.note(part, path, kind)
    await copyTree(part.source, part.target, { ...options, ...extra, skip })
  }
  for (const part of parts.pointers) notes.push(...(await replacePointer(folder, part, parts, copyPart)))
  for (const part of parts.links) await copyLinked(part, parts, copyPart)
  const absorbed = new Set<string>()
  // Alternates may have alternates: those are noted, and follow.
  for (const part of parts.alternates) await absorbAlternates(part, absorbed, copyPart)
  return notes
}

type CopyPart = (part: Part, extra?: CopyOptions) => Promise<void>

/** Puts the repository itself where a `.git` file or link led to it. */
async function replacePointer(
  folder: Part,
  { source, target }: Part,
  parts: RepositoryParts,
  copy: CopyPart,
): Promise<string[]> {
  const own = relative(folder.target, target)
  const gitDir = ledTo(source)
  if (gitDir === undefined || !isRepository(gitDir)) {
    return [`${own} leads to no repository: it was left out`]
  }
  const shared = commonDir(gitDir)
  if (shared === gitDir && isWithin(folder.source, gitDir)) {
    const copied = join(folder.target, relative(realpathSync(folder.source), gitDir))
    if (existsSync(copied)) {
      writeFileSync(target, `gitdir: ${relative(dirname(target), copied)}\n`)
      return []
    }
  }
  parts.standalone.add(target)
  if (shared === gitDir) await copy({ source: gitDir, target })
  else {
    await copy({ source: shared, target }, { skip: (path) => !isShared(path) })
    await copy({ source: gitDir, target }, { skip: (path) => TIES.has(path) })
  }
  return [`${own} belonged to the repository ${shared}: the copy is a repository of its own`]
}

/** The repository that a `.git` file or link leads to, as a real path. */
function ledTo(pointer: string): string | undefined {
  try {
    if (lstatSync(pointer).isSymbolicLink() && statSync(pointer).isDirectory()) return realpathSync(pointer)
    const text = /^gitdir: (.+?)\n*$/.exec(readFileSync(pointer, 'utf8'))?.[1]
    return text === undefined ? undefined : realpathSync(resolve(dirname(realpathSync(pointer)), text))
  } catch {
    return undefined
  }
}

function commonDir(gitDir: string): string {
  const text = readIfExists(join(gitDir, 'commondir'))
  return text === undefined ? gitDir : realpathSync(resolve(gitDir, text.trim()))
}

function isShared(path: string): boolean {
  const [top = ''] = path.split('/', 1)
  return SHARED.has(top) && !OWN.has(path)
}

/** Copies what a link leads to in its place. */
async function copyLinked({ source, target }: Part, parts: RepositoryParts, copy: CopyPart): Promise<void> {
  const real = realpathSync(source)
  if (lstatSync(real).isDirectory()) {
    await copy({ source: real, target })
    return
  }
  copyFileSync(real, target, constants.COPYFILE_FICLONE)
  if (basename(target) === 'config') parts.configs.push({ source: real, target })
}

/** Brings borrowed objects over, so that the copy is complete where their owner isn't to be seen. */
async function absorbAlternates({ source, target }: Part, done: Set<string>, copy: CopyPart): Promise<void> {
  const [from, into] = [dirname(dirname(source)), dirname(dirname(target))]
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    const folder = resolve(from, line)
    if (line === '' || line.startsWith('#') || !existsSync(folder)) continue
    const borrowed = realpathSync(folder)
    if (done.has(borrowed + into)) continue
    done.add(borrowed + into)
    await copy({ source: borrowed, target: into }, { keepExisting: true, skip: isIndex })
  }
  rmSync(target, { force: true })
}

/** Whether a path in an objects folder is a list of what lies in that very folder. */
function isIndex(path: string): boolean {
  return path === 'pack/multi-pack-index' || path === 'info/commit-graph' || path === 'info/commit-graphs'
}
