import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDir } from '../../system/files.ts'
import { ScratchGit } from '../../workspace/baseline/scratch-git.ts'
import type { Context } from '../context.ts'
import { removeTree } from '../end/remove-tree.ts'

/** Runs `fn` with a git repository of ours, which is removed after. */
export async function withScratchGit<T>({ home }: Context, fn: (git: ScratchGit) => Promise<T>): Promise<T> {
  const parent = join(home.root, 'run')
  makePrivateDir(parent)
  const scratch = mkdtempSync(join(parent, 'diff-'))
  try {
    return await fn(new ScratchGit(scratch))
  } finally {
    removeTree(scratch)
  }
}
