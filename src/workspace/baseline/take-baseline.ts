import { realpathSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { makePrivateDir } from '../../system/files.ts'
import type { BytePath } from './byte-path.ts'
import { pathBytes } from './byte-path.ts'
import { type ContentPlace, ContentWriter, type ShareBlocks } from './content-store.ts'
import type { IgnoreRules } from './ignore-rules.ts'
import { type BaselineEntry, type GitState, writeManifest } from './manifest.ts'
import { readEntry } from './read-entry.ts'
import type { TreeEntry } from './tree-entry.ts'
import { walkTree } from './walk-tree.ts'

/** Most bytes that the kept contents of one workspace may have before compression; what comes after is known by its hash only. */
const MOST_CONTENT = 2 * 1024 ** 3

/** Milliseconds without a pause. */
const LONGEST_TURN_MS = 50

/** What to keep of a workspace. */
export interface BaselineRequest {
  workspace: string
  /** A folder of ours, which isn't there yet. */
  folder: string
  /** ISO 8601 UTC. */
  takenAt: string
  git: GitState | null
  ignored: IgnoreRules
  /** Paths that aren't part of the work. */
  skip?: (path: BytePath) => boolean
  share?: ShareBlocks
  /** Called every now and then; throws if the work is to be given up. */
  check?: () => void
}

/** Keeps what a workspace holds, so that it can be said later what has changed. The folder is complete once its manifest is there. */
export async function takeBaseline(request: BaselineRequest): Promise<void> {
  makePrivateDir(request.folder)
  const writer = new ContentWriter(request.folder, request.share)
  try {
    const entries = await keepEntries(request, writer)
    const chunks = await writer.end()
    const { takenAt, git } = request
    writeManifest(request.folder, { takenAt, finishedMs: Date.now(), git, chunks, entries })
  } finally {
    await writer.close()
  }
}

async function keepEntries(request: BaselineRequest, writer: ContentWriter): Promise<BaselineEntry[]> {
  const { workspace, ignored, skip = () => false, check = () => {} } = request
  const root = realpathSync(workspace, 'buffer')
  const kept: BaselineEntry[] = []
  let bytes = 0
  let pausedMs = performance.now()
  for (const entry of walkTree(workspace, { skip }).entries) {
    // Reading is synchronous: signals, and other agents' starts, get their turn in between.
    if (performance.now() - pausedMs > LONGEST_TURN_MS) {
      await setImmediate()
      check()
      pausedMs = performance.now()
    }
    if (ignored.inFolder(entry.path)) {
      kept.push({ ...entry, hash: undefined, place: undefined, isIgnored: true })
      continue
    }
    const content = readEntry(root, entry)
    let place: ContentPlace | undefined
    if (content?.bytes && bytes + content.bytes.length <= MOST_CONTENT) {
      bytes += content.bytes.length
      place = await writer.add(content.bytes, sourceOf(root, entry))
    }
    kept.push({ ...entry, hash: content?.hash, place, isIgnored: ignored.has(entry.path) })
  }
  return kept
}

function sourceOf(root: Buffer, { path }: TreeEntry): Buffer {
  return Buffer.concat([root, Buffer.from('/'), pathBytes(path)])
}
