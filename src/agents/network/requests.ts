import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { RequestEntry } from '../../network/proxy/request-log.ts'
import { formatRule } from '../../network/rules.ts'
import type { Home } from '../../settings/home.ts'
import { readIfExists } from '../../system/files.ts'
import type { Context } from '../context.ts'
import { waitForEnd } from '../end/alive.ts'
import { FileChanges } from '../log/file-changes.ts'

/** Refusals of one target for one reason. */
export interface RefusedTarget {
  host: string
  port: number
  reason: string
  /** How many of the requests that are still on record. */
  count: number
  /** When the last was, ISO 8601 UTC. */
  last: string
  /** What to give to `--allow` to open it; null where nothing opens it. */
  allow: string | null
}

/** An agent's requests that are on record, the oldest first. */
export function readRequests(home: Home, id: string): RequestEntry[] {
  const log = home.requestLog(id)
  return [`${log}.1`, log].flatMap((path) => parseLines(readIfExists(path) ?? ''))
}

/** How many requests were allowed, refused, and failed. */
export function countRequests(entries: readonly RequestEntry[]): Record<RequestEntry['decision'], number> {
  const counts = { allowed: 0, refused: 0, failed: 0 }
  for (const { decision } of entries) counts[decision] += 1
  return counts
}

/** What was refused, each target once, the last first. */
export function refusedTargets(entries: readonly RequestEntry[]): RefusedTarget[] {
  const targets = new Map<string, RefusedTarget>()
  for (const { decision, host, port, reason, time } of entries) {
    if (decision !== 'refused' || reason === null) continue
    const key = `${reason} ${host}:${port}`
    const count = (targets.get(key)?.count ?? 0) + 1
    targets.delete(key)
    targets.set(key, { host, port, reason, count, last: time, allow: ruleFor(host, port, reason) })
  }
  return [...targets.values()].reverse()
}

/** An agent's requests that are on record, with `follow` also those that come until it ends, with `denied` only refused ones. */
export async function* agentRequests(
  context: Context,
  name: string,
  { denied, follow }: { denied: boolean; follow: boolean },
  signal: AbortSignal,
): AsyncGenerator<RequestEntry> {
  const { home } = context
  const record = context.store.get(name)
  const isWanted = ({ decision }: RequestEntry) => !denied || decision === 'refused'
  const past = lookAt(home.requestLog(record.id), undefined)
  yield* parseLines(readIfExists(`${home.requestLog(record.id)}.1`) ?? '').filter(isWanted)
  yield* parseLines(past?.text ?? '').filter(isWanted)
  if (!follow) return
  const ended = new AbortController()
  waitForEnd(record, home, signal).then(
    () => ended.abort(),
    () => {},
  )
  const until = AbortSignal.any([signal, ended.signal])
  for await (const entry of followRequests(home.requestLog(record.id), past, until)) {
    if (isWanted(entry)) yield entry
  }
}

/** What is added to a log until the signal. Copes with a log that isn't there yet, and with its rotation. */
async function* followRequests(
  path: string,
  from: Look | undefined,
  signal: AbortSignal,
): AsyncGenerator<RequestEntry> {
  const changes = new FileChanges(path)
  const wake = () => changes.notify()
  signal.addEventListener('abort', wake)
  let seen = from
  try {
    do {
      const now = lookAt(path, seen)
      yield* parseLines(now?.text ?? '')
      seen = now
      if (!signal.aborted) await changes.next()
    } while (!signal.aborted)
    yield* parseLines(lookAt(path, seen)?.text ?? '')
  } finally {
    signal.removeEventListener('abort', wake)
    changes.close()
  }
}

interface Look {
  inode: number
  /** End of the last whole line. */
  position: number
  /** What was added since the look before, whole lines. */
  text: string
}

function lookAt(path: string, before: Look | undefined): Look | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const { ino: inode, size } = fstatSync(fd)
    const from = before?.inode === inode && before.position <= size ? before.position : 0
    const bytes = Buffer.alloc(size - from)
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from))
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    return { inode, position: from + Buffer.byteLength(whole), text: whole }
  } finally {
    closeSync(fd)
  }
}

function parseLines(text: string): RequestEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line)
      return isEntry(entry) ? [entry] : []
    } catch {
      // The end of the file, or a line that a full disk cut.
      return []
    }
  })
}

function isEntry(value: unknown): value is RequestEntry {
  const { time, via, host, port, decision, rule, reason } = (value ?? {}) as Record<string, unknown>
  return (
    [time, via, host].every((text) => typeof text === 'string') &&
    [rule, reason].every((text) => text === null || typeof text === 'string') &&
    typeof port === 'number' &&
    ['allowed', 'refused', 'failed'].includes(decision as string)
  )
}

function ruleFor(host: string, port: number, reason: string): string | null {
  if (reason === 'no-rule') return formatRule({ host, port })
  if (reason === 'private-address') return formatRule({ host, port, private: true })
  return null
}
