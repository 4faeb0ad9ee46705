import { lstatSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entriesOf } from './files.ts'
import { processStart } from './processes.ts'
import { removeTree } from './remove-tree.ts'

/** Makes a private folder for the work of this process, which removes it: `<kind>-<pid>-<random>`. */
export function makeScratch(parent: string, kind: string): string {
  return mkdtempSync(join(parent, `${kind}-${process.pid}-`))
}

/** Removes the folders of {@link makeScratch} whose process has died before it could. */
export function removeDeadScratch(parent: string, kinds: readonly string[]): void {
  for (const entry of entriesOf(parent)) {
    if (kinds.some((kind) => isDeadScratch(entry, kind))) removeTree(join(parent, entry))
  }
}

/**
 * {@link makeScratch} in the system's folder of temporary files. What processes of the same kind have left there that died
 * goes first: nobody else looks after it.
 */
export function makeTemporary(kind: string): string {
  const parent = tmpdir()
  for (const entry of entriesOf(parent)) {
    if (isDeadScratch(entry, kind) && isOurs(join(parent, entry))) removeTemporary(join(parent, entry))
  }
  return makeScratch(parent, kind)
}

function isDeadScratch(entry: string, kind: string): boolean {
  if (!entry.startsWith(`${kind}-`)) return false
  const pid = /^-(\d+)-[A-Za-z0-9]{6}$/.exec(entry.slice(kind.length))?.[1]
  return pid !== undefined && processStart(Number(pid)) === undefined
}

/** Anybody may put something there. */
function isOurs(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && stats.uid === process.getuid?.()
}

/** Removes a folder of {@link makeTemporary}. One that can't be removed takes nothing from what was done, and goes later. */
export function removeTemporary(path: string): void {
  try {
    removeTree(path)
  } catch {}
}
