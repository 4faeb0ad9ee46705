import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'

/** One folder or file that changes places. */
interface Move {
  from: string
  to: string
}

/**
 * Puts new files and folders in the place of old ones by renames, within one file system. Returns what puts the old
 * ones back. If one rename fails, those before it are undone, and it throws.
 */
export function swapIn(paths: readonly string[], from: string, into: string, old: string): () => void {
  const done: Move[] = []
  const move = (source: string, to: string) => {
    mkdirSync(dirname(to), { recursive: true })
    renameSync(source, to)
    done.push({ from: source, to })
  }
  const undo = () => {
    for (const step of done.splice(0).reverse()) renameSync(step.to, step.from)
  }
  try {
    for (const path of paths) {
      if (existsSync(join(into, path))) move(join(into, path), join(old, path))
      move(join(from, path), join(into, path))
    }
  } catch (error) {
    try {
      undo()
    } catch (stuck) {
      throw new StuckError((stuck as Error).message, { cause: error })
    }
    throw error
  }
  return undo
}

/** The old files could not be put back: they must not be removed. */
export class StuckError extends Error {}

/** One switch and its way back. */
export interface Switch {
  /** Puts the new files in place, and returns what puts the old ones back. */
  swap: () => () => void
  /** What has to follow, and may fail. */
  follow: () => Promise<void>
  /** Takes back what `follow` did. */
  unfollow: () => Promise<unknown>
}

/** Switches, or puts everything back and throws why. Throws a {@link StuckError} if even that fails. */
export async function switchOver({ swap, follow, unfollow }: Switch): Promise<void> {
  const undo = swap()
  try {
    await follow()
  } catch (error) {
    try {
      await unfollow()
      undo()
    } catch (stuck) {
      throw new StuckError((stuck as Error).message, { cause: error })
    }
    throw error
  }
}

/** What an upgrade says that failed; `aside` is where the old files are if they could not be put back. */
export function failedUpgrade(error: unknown, aside: string, reason = (error as Error).message): UserError {
  return error instanceof StuckError
    ? new UserError(`the upgrade failed half-way: ${reason}; the old files are in ${join(aside, 'old')}`, {
        fix: 'move them back, or install agentvm anew',
        cause: error,
      })
    : new UserError(`the upgrade failed, and agentvm is as it was: ${reason}`, { cause: error })
}
