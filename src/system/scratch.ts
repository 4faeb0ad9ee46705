import { mkdtempSync } from 'node:fs'
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
    const kind = kinds.find((one) => entry.startsWith(`${one}-`))
    const pid = kind && /^-(\d+)-[A-Za-z0-9]{6}$/.exec(entry.slice(kind.length))?.[1]
    if (pid && processStart(Number(pid)) === undefined) removeTree(join(parent, entry))
  }
}
