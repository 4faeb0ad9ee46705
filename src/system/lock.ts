import { readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { debug } from './debug.ts'
import { errorCode, readIfExists } from './files.ts'
import { isOwnerAlive, ownIdentity } from './processes.ts'

const POLL_MS = 10

/** Locks that this process holds no more and could not remove, as on a disk that takes no more changes. */
const unreleased = new Set<string>()

/**
 * Runs `fn` while holding a lock that names its owner by pid and start time. A lock whose owner has died is
 * broken. Throws a {@link UserError} if a live owner keeps it for longer than `timeoutMs` (default 10,000; 0 tries once).
 */
export async function withLock<T>(
  path: string,
  fn: () => Promise<T> | T,
  options: { timeoutMs?: number; busy?: string } = {},
): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000)
  while (!tryLock(path)) {
    if (performance.now() >= deadline) {
      const owner = ownerOf(path)?.split(':')[0] ?? '?'
      throw new UserError(options.busy ?? `another agentvm command (pid ${owner}) is at work on ${path}`, {
        fix: 'wait until it is done, then try again',
      })
    }
    debug('lock', () => `waits for ${path}`)
    await sleep(POLL_MS)
  }
  try {
    return await fn()
  } finally {
    release(path)
  }
}

/** Runs `fn` while holding a lock as {@link withLock} does, or leaves it if somebody has the lock now. Returns whether it ran. */
export function withFreeLock(path: string, fn: () => void): boolean {
  if (!tryLock(path)) return false
  try {
    fn()
  } finally {
    release(path)
  }
  return true
}

function release(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    unreleased.add(path)
    throw error
  }
}

/** Whether somebody who is alive has the lock. */
export function isLocked(path: string): boolean {
  const holder = ownerOf(path)
  return holder !== undefined && isOwnerAlive(holder)
}

/**
 * A lock is a symlink to its owner's name: it comes as a whole, takes no space, so that a full disk doesn't keep anybody
 * from killing and cleaning up, and needs no hard links.
 */
function makeLock(path: string): boolean {
  try {
    symlinkSync(ownIdentity(), path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Whose a lock is, by pid and start time, also one of an older agentvm, which is a file; undefined if nobody has it. */
export function ownerOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (errorCode(error) === 'EINVAL') return readIfExists(path)
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function tryLock(path: string): boolean {
  if (makeLock(path)) {
    // Somebody else has removed it.
    unreleased.delete(path)
    return true
  }
  const holder = ownerOf(path)
  // Else this process would wait for itself.
  if (holder === ownIdentity() && unreleased.delete(path)) return true
  if (holder === undefined || isOwnerAlive(holder)) return false
  debug('lock', () => `breaks ${path}, whose owner ${holder} has died`)
  breakLock(path, holder)
  return makeLock(path)
}

/** Whether the owner of a lock has died. */
export function isDeadLock(path: string): boolean {
  const holder = ownerOf(path)
  return holder !== undefined && !isOwnerAlive(holder)
}

/** Removes a lock whose owner has died, and nothing else. */
export function removeDeadLock(path: string): void {
  const holder = ownerOf(path)
  if (holder !== undefined && !isOwnerAlive(holder)) breakLock(path, holder)
}

/** Removes a dead owner's lock. Only one process at a time may, else a second one could remove the next owner's live lock. */
function breakLock(path: string, deadHolder: string): void {
  const breaker = `${path}.break`
  if (!makeLock(breaker)) {
    const other = ownerOf(breaker)
    if (other === undefined || isOwnerAlive(other)) return
    rmSync(breaker, { force: true })
    if (!makeLock(breaker)) return
  }
  try {
    if (ownerOf(path) === deadHolder) rmSync(path, { force: true })
  } finally {
    rmSync(breaker, { force: true })
  }
}
