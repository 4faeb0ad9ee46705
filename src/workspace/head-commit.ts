import { closeSync, lstatSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { openBeneath, readFully } from '../system/read-beneath.ts'

/** The commit that HEAD names, or why there is none that could be told. */
export type Head =
  | { commit: string; reason: null }
  | { commit: null; reason: 'no repository' | 'no commit' | 'another repository' | 'unreadable' }

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/
/** Most bytes of a file of refs that are looked at. */
const LONGEST = 8 * 1024 * 1024

/**
 * Reads which commit a workspace's HEAD names from the files of its repository, without git: nothing that is
 * configured there can be executed, nothing is followed out of it, and it takes a fraction of a millisecond.
 */
export function headCommit(workspace: string): Head {
  const git = lstatSync(join(workspace, '.git'), { throwIfNoEntry: false })
  if (!git) return { commit: null, reason: 'no repository' }
  if (!git.isDirectory()) return { commit: null, reason: 'another repository' }
  const root = realpathSync(workspace, 'buffer')
  const head = readFile(root, 'HEAD')
  if (head === undefined) return { commit: null, reason: 'unreadable' }
  const detached = COMMIT.exec(head)?.[1]
  if (detached !== undefined) return { commit: detached, reason: null }
  const ref = /^ref: (refs\/[^\n]{1,1000})\n?$/.exec(head)?.[1]
  if (ref === undefined || ref === 'refs/heads/.invalid' || ref.split('/').some(isDots)) {
    return { commit: null, reason: 'unreadable' }
  }
  const commit = COMMIT.exec(readFile(root, ref) ?? '')?.[1] ?? packedRef(root, ref)
  return commit === undefined ? { commit: null, reason: 'no commit' } : { commit, reason: null }
}

function packedRef(root: Buffer, ref: string): string | undefined {
  const packed = readFile(root, 'packed-refs') ?? ''
  const at = `\n${packed}`.indexOf(` ${ref}\n`)
  return at < 0 ? undefined : COMMIT.exec(`\n${packed}`.slice(0, at).split('\n').at(-1) ?? '')?.[1]
}

function isDots(part: string): boolean {
  return part === '' || part === '.' || part === '..'
}

function readFile(root: Buffer, path: string): string | undefined {
  const fd = openBeneath(root, Buffer.from(`.git/${path}`))
  if (fd === undefined) return undefined
  try {
    const size = 4096
    const start = Buffer.alloc(size)
    const length = readFully(fd, start)
    if (length < size) return start.toString('utf8', 0, length)
    const whole = Buffer.alloc(LONGEST)
    return whole.toString('utf8', 0, readFully(fd, whole))
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}
