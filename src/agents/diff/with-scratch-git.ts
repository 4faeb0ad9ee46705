import { makePrivateDir } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { makeScratch } from '../../system/scratch.ts'
import { ScratchGit } from '../../workspace/baseline/scratch-git.ts'
import type { Context } from '../context.ts'

/** Runs `fn` with a git repository of ours, which is removed after. */
export async function withScratchGit<T>({ home }: Context, fn: (git: ScratchGit) => Promise<T>): Promise<T> {
  const parent = home.runs
  makePrivateDir(parent)
  const scratch = makeScratch(parent, 'diff')
  try {
    return await fn(new ScratchGit(scratch))
  } finally {
    removeTree(scratch)
  }
}
