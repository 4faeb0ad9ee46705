import { type FileHandle, open } from 'node:fs/promises'
import { errorCode } from '../../system/files.ts'
import { JoinedLog } from './joined-log.ts'
import { LineCounter, LogText, type LogView } from './log-text.ts'

const BLOCK = 65_536
const NEWLINE = 0x0a

/** What can be read from any position, like a file. May give less than was asked for, also before the end. */
export type ReadableLog = {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** The last lines of a log as it is now. Reads what it shows, not the whole file, in constant memory. Empty if there is no log. */
export async function* readTail(path: string, view: LogView): AsyncGenerator<Buffer> {
  const file = await JoinedLog.open(path)
  if (!file) return
  try {
    const { size } = file
    const { from, skip } = await findTail(file, size, view)
    const text = new LogText({ raw: view.raw, skip })
    if (view.lines === 0) return
    for await (const block of readBlocks(file, from, size)) yield text.push(block)
    yield text.end()
  } finally {
    await file.close()
  }
}

/** Opens a log, or returns undefined if there is none. */
export async function openLog(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Where to begin reading, and how many lines to leave out from there, so that the last `view.lines` lines before `size` remain. */
export async function findTail(
  file: ReadableLog,
  size: number,
  view: LogView,
): Promise<{ from: number; skip: number }> {
  if (view.raw && view.lines === 0) return { from: size, skip: 0 }
  // No text has more lines than bytes: a whole log is read once only.
  if (view.lines >= size) return { from: 0, skip: 0 }
  // One more than asked for: what follows the last newline may be an end marker only. Filtering adds lines to those
  // that newlines make, and never joins any, so that it may begin at any of them.
  const from = await nthNewlineFromEnd(file, size, view.lines + 1)
  const text = new LogText({ raw: view.raw, skip: 0 })
  const counter = new LineCounter()
  for await (const block of readBlocks(file, from, size)) counter.push(text.push(block))
  // When following with no lines, the line that isn't complete is shown once it is.
  if (view.lines > 0) counter.push(text.end())
  return { from, skip: Math.max(0, counter.lines - view.lines) }
}

/** The bytes from `from` to `to`, block by block; fewer if the file has become shorter. A block is valid until the next one. */
export async function* readBlocks(file: ReadableLog, from: number, to: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK, to - from)))
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(BLOCK, to - at), at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** The position after the nth newline from the end, or 0. */
async function nthNewlineFromEnd(file: ReadableLog, size: number, nth: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(BLOCK)
  let left = nth
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK)
    let at = await readFully(file, buffer, start, end)
    while (at > 0) {
      at = buffer.lastIndexOf(NEWLINE, at - 1)
      if (at < 0) break
      left -= 1
      if (left === 0) return start + at + 1
    }
    end = start
  }
  return 0
}

/** Reads all bytes from `from` to `to` unless the file has become shorter. Returns how many. */
async function readFully(file: ReadableLog, buffer: Buffer, from: number, to: number): Promise<number> {
  let done = 0
  while (from + done < to) {
    const { bytesRead } = await file.read(buffer, done, to - from - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}
