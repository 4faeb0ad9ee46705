import { createHash } from 'node:crypto'
import { type Dirent, lstatSync, opendirSync, realpathSync } from 'node:fs'
import { type BytePath, pathBytes } from './byte-path.ts'
import type { Baseline } from './manifest.ts'
import { readEntry } from './read-entry.ts'
import { entryOf, isSame, kindOf, reportedMode, type TreeEntry } from './tree-entry.ts'

/** What differs from a baseline, as one hash; or why it isn't known. */
export type ChangeDigest =
  | { sha256: string; files: number; reason: null }
  | { sha256: null; files: null; reason: 'too large' | 'unreadable' | 'no baseline' }

/** How much of a workspace is looked at. */
interface DigestBudget {
  /** Most files and folders. */
  entries: number
  /** Most bytes of what was changed. */
  bytes: number
}

/** What takes some hundredths of a second. */
const BUDGET: DigestBudget = { entries: 5_000, bytes: 32 * 1024 * 1024 }

class TooLarge extends Error {}

/**
 * Hashes what differs from a baseline: SHA-256 of the JSON array of `[path, before, after]` in the order of the paths,
 * a path as bytes (latin1), a side as `<octal mode> <git's blob hash>` or null. Repositories are left out: a commit
 * stands for those. Looks at no more than the budget allows, whatever an agent has made.
 */
export function changeDigest(workspace: string, baseline: Baseline, budget = BUDGET): ChangeDigest {
  const left = { ...budget }
  const spend = (what: keyof DigestBudget, amount: number) => {
    left[what] -= amount
    if (left[what] < 0) throw new TooLarge()
  }
  try {
    const known = baseline.entries.filter(({ path }) => !path.split('/').includes('.git'))
    spend('entries', known.length)
    const root = realpathSync(workspace, 'buffer')
    const now = new Map([...entriesBelow(root, spend)].map((entry) => [entry.path, entry]))
    const before = new Map(known.map((entry) => [entry.path, entry]))
    const changes: [BytePath, string | null, string | null][] = []
    for (const path of [...new Set([...before.keys(), ...now.keys()])].sort()) {
      const [was, is] = [before.get(path), now.get(path)]
      if (was && is && isSame(was, is) && was.ctimeMs < baseline.finishedMs - TICK_MS) continue
      const sides = [
        was && sideOf(was.mode, was.hash),
        is && sideOf(is.mode, hashNow(root, is, spend)),
      ] as const
      if (sides[0] !== sides[1]) changes.push([path, sides[0] ?? null, sides[1] ?? null])
    }
    const sha256 = createHash('sha256').update(JSON.stringify(changes)).digest('hex')
    return { sha256, files: changes.length, reason: null }
  } catch (error) {
    return { sha256: null, files: null, reason: error instanceof TooLarge ? 'too large' : 'unreadable' }
  }
}

/** A clock tick of file times, with room. */
const TICK_MS = 20

function sideOf(mode: number, hash: string | undefined): string {
  return `${reportedMode(mode).toString(8)} ${hash ?? '-'}`
}

function hashNow(root: Buffer, entry: TreeEntry, spend: (what: 'bytes', amount: number) => void) {
  if (kindOf(entry.mode) === 'file') spend('bytes', entry.size)
  return readEntry(root, entry)?.hash
}

/** Everything below a folder but folders and repositories, read bit by bit: a folder may hold millions. */
function* entriesBelow(
  root: Buffer,
  spend: (what: 'entries', amount: number) => void,
  folder: BytePath = '',
): Generator<TreeEntry> {
  const path = Buffer.concat([root, pathBytes(folder === '' ? '' : `/${folder}`)])
  // The types say text; any encoding works, and this one keeps every byte.
  const opened = opendirSync(path as unknown as string, { encoding: 'latin1' as 'utf8' })
  const folders: BytePath[] = []
  try {
    for (let found: Dirent | null = opened.readSync(); found; found = opened.readSync()) {
      spend('entries', 1)
      const below = folder === '' ? found.name : `${folder}/${found.name}`
      if (found.name === '.git') continue
      if (found.isDirectory()) folders.push(below)
      else yield entryOf(below, lstatSync(Buffer.concat([root, pathBytes(`/${below}`)])))
    }
  } finally {
    opened.closeSync()
  }
  for (const below of folders) yield* entriesBelow(root, spend, below)
}
