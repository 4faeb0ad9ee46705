import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  truncateSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { isSealed, readEnvelope, seal } from '../../provenance/envelope.ts'
import { type RunPredicate, type RunRecord, readRecord } from '../../provenance/record.ts'
import { linesOf } from '../../provenance/record-set.ts'
import { runStatement } from '../../provenance/statement.ts'
import type { Home } from '../../settings/home.ts'
import { appendLine, makePrivateDir, readIfExists } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import { homeKey } from './home-key.ts'

/** What a record says, but for its place in the chain. */
export type Unchained = RunPredicate extends infer Predicate
  ? Predicate extends RunPredicate
    ? Omit<Predicate, 'index' | 'previous' | 'home'>
    : never
  : never

/** Where a record stands in its chain, and its hash. */
export interface Appended {
  index: number
  hash: string
}

/** Where a line is put that a crash had cut off, and a ledger that can't be gone on with. */
const ASIDE = '.aside'
/** No record is longer, in bytes. */
const TAIL_BYTES = 64 * 1024

/** The file of an agent's records: one line each, the oldest first. */
export function ledgerFile(home: Home, id: string): string {
  return join(home.provenance, 'agents', `${id}.jsonl`)
}

/** Ids of all agents that have records. */
export function recordedAgents(home: Home): string[] {
  try {
    return readdirSync(join(home.provenance, 'agents')).flatMap((entry) =>
      entry.endsWith('.jsonl') && !entry.startsWith('.') ? basename(entry, '.jsonl') : [],
    )
  } catch {
    return []
  }
}

/** The lines of an agent's records. */
export function ledgerLines(home: Home, id: string): string[] {
  return linesOf(readIfExists(ledgerFile(home, id)) ?? '')
}

/** Files of an agent's records that had to be put aside. */
export function ledgersAside(home: Home, id: string): string[] {
  const path = ledgerFile(home, id) + ASIDE
  return Array.from({ length: 100 }, (_, index) => `${path}.${index}`).filter((each) => existsSync(each))
}

/** The last whole record of an agent; undefined if there is none, or it is damaged. Reads only the file's end. */
export function lastRecord(home: Home, id: string): RunRecord | undefined {
  return recordOf(readTail(ledgerFile(home, id)).last)
}

function recordOf(line: string | undefined): RunRecord | undefined {
  const record = line === undefined ? undefined : readRecord(line)
  return record !== undefined && typeof record !== 'string' && 'says' in record ? record : undefined
}

/**
 * Adds a record to an agent's chain, unless `decide`, which gets the last one, returns undefined. Nobody else adds one
 * meanwhile. A line that a crash had cut off, and a chain that can't be gone on with, are put aside, which `warn` is
 * told. Returns the new record's place and hash.
 */
export async function appendRecord(
  home: Home,
  id: string,
  decide: (last: RunRecord | undefined) => Unchained | undefined,
  warn: (message: string) => void,
): Promise<Appended | undefined> {
  const key = homeKey(home)
  const path = ledgerFile(home, id)
  makePrivateDir(join(home.provenance, 'agents'))
  return withLock(join(home.provenance, 'agents', `.${id}.lock`), () => {
    const lastLine = cutTornLine(path, warn)
    const last = recordOf(lastLine)
    const goesOn = last !== undefined && last.envelope.signer === key.did && isSealed(last.envelope)
    if (!goesOn && lastLine !== undefined) putAside(path, warn)
    const before = goesOn ? last : undefined
    const says = decide(before)
    if (!says) return undefined
    const place = {
      index: before ? before.says.index + 1 : 0,
      previous: before?.envelope.hash ?? null,
      home: key.did,
    }
    const line = seal(runStatement({ ...says, ...place } as RunPredicate), key)
    appendLine(path, line)
    const envelope = readEnvelope(line)
    return typeof envelope === 'string' ? undefined : { index: place.index, hash: envelope.hash }
  })
}

/** A crash of the machine can leave the beginning of a line: that is no record. Returns the last line of those that stay. */
function cutTornLine(path: string, warn: (message: string) => void): string | undefined {
  const { last, torn, wholeBytes } = readTail(path)
  if (torn === '') return last
  if (wholeBytes === undefined) {
    putAside(path, warn)
    return undefined
  }
  const aside = freeName(path)
  appendLine(aside, torn)
  truncateSync(path, wholeBytes)
  warn(`a run record had been cut off by a crash; what there was of it lies in ${aside}`)
  return last
}

function putAside(path: string, warn: (message: string) => void): void {
  const aside = freeName(path)
  renameSync(path, aside)
  warn(`run records that are damaged, or signed by another key than this home's, were put aside: ${aside}`)
}

function freeName(path: string): string {
  let index = 0
  while (existsSync(`${path}${ASIDE}.${index}`)) index += 1
  return `${path}${ASIDE}.${index}`
}

/** The last whole line of a file, what stands after it, and how many bytes are whole: undefined if the end shows no line. */
function readTail(path: string): { last?: string; torn: string; wholeBytes?: number } {
  if (!existsSync(path)) return { torn: '', wholeBytes: 0 }
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const { size } = fstatSync(fd)
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(fd, tail, 0, tail.length, size - tail.length)
    const text = tail.toString('latin1')
    const end = text.lastIndexOf('\n')
    const whole = text.slice(0, Math.max(end, 0))
    const torn = tail.toString('utf8', end + 1)
    if (end < 0) return size > TAIL_BYTES ? { torn } : { torn, wholeBytes: 0 }
    return {
      last: whole.slice(whole.lastIndexOf('\n') + 1),
      torn,
      wholeBytes: size - (text.length - end - 1),
    }
  } finally {
    closeSync(fd)
  }
}
