import { appendFileSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs'

/** Moves a file or folder, never what a link leads to, if it is there and its new place is free. Bears being run twice. */
export function moveIfThere(from: string, to: string): void {
  if (from !== to && isThere(from) && !isThere(to)) renameSync(from, to)
}

/** Whether a name is taken, also by a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** {@link moveIfThere} for a log that somebody writes to by its name now and then: what came under the old name meanwhile is added. */
export function moveLog(from: string, to: string): void {
  if (from === to) return
  moveIfThere(from, to)
  if (!isThere(from)) return
  appendFileSync(to, readFileSync(from))
  rmSync(from)
}
