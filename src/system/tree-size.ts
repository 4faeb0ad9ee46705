import { type Dirent, lstatSync, readdirSync } from 'node:fs'

/** Size of a folder's content. */
export interface TreeSize {
  /** Bytes of all files; what has several names counts once. */
  bytes: number
  files: number
  /** False if the time was up first: the figures are what had been counted until then. */
  complete: boolean
}

/** Entries between two looks at the clock. */
const ENTRIES_A_LOOK = 512

/** Adds up files below folders within a common time limit. Follows no link, opens no file; what can't be read counts as nothing. */
export class TreeSizer {
  private readonly deadline: number

  /** `limitMs`: time for all trees together. */
  constructor(limitMs: number) {
    this.deadline = performance.now() + limitMs
  }

  /** Size of a file, or of everything below a folder. */
  measure(path: string): TreeSize {
    const size: TreeSize = { bytes: 0, files: 0, complete: true }
    const linked = new Set<string>()
    const folders: string[] = []
    const root = lstat(path)
    if (!root) return size
    if (root.isDirectory()) folders.push(path)
    else return { ...size, bytes: root.size, files: 1 }
    let entries = 0
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of readFolder(folder)) {
        if (entries++ % ENTRIES_A_LOOK === 0 && performance.now() > this.deadline) {
          return { ...size, complete: false }
        }
        const child = `${folder}/${entry.name}`
        if (entry.isDirectory()) folders.push(child)
        else addFile(child, size, linked)
      }
    }
    return size
  }
}

/** Bytes of a file, or of everything below a folder, however long it takes. */
export function treeBytes(path: string): number {
  return new TreeSizer(Number.POSITIVE_INFINITY).measure(path).bytes
}

function addFile(path: string, size: TreeSize, linked: Set<string>): void {
  const stats = lstat(path)
  if (!stats) return
  size.files += 1
  if (stats.nlink > 1) {
    const identity = `${stats.dev}:${stats.ino}`
    if (linked.has(identity)) return
    linked.add(identity)
  }
  size.bytes += stats.size
}

function lstat(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch {
    return []
  }
}
