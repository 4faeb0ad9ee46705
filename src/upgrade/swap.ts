import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'

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
    undo()
    throw error
  }
  return undo
}
