import type { FileHandle } from 'node:fs/promises'
import { readBlocks } from '../log/tail.ts'

const BLOCK = 256 * 1024
const NEWLINE = 0x0a
/** What is longer isn't a line of ours: it is cut, so that memory stays bounded whatever the file holds. */
const LONGEST_LINE = 64 * 1024

/** A line and where it begins in its file. */
export interface Line {
  at: number
  text: string
}

/** The lines before `size`, the last first, in batches, so that a reader that has enough reads no more. */
export async function* linesBackward(file: FileHandle, size: number): AsyncGenerator<Line[]> {
  let rest: Buffer = Buffer.alloc(0)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const chunk = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    const lines: Line[] = []
    let to = chunk.length
    for (let newline = lastNewline(chunk, to); newline >= 0; newline = lastNewline(chunk, newline)) {
      if (newline + 1 < to) lines.push(lineOf(chunk, newline + 1, to, start))
      to = newline
    }
    rest = chunk.subarray(0, Math.min(to, LONGEST_LINE))
    if (start === 0 && to > 0) lines.push(lineOf(chunk, 0, to, 0))
    yield lines
    end = start
  }
}

/** The lines from `from` to `to`, in batches. */
export async function* linesForward(file: FileHandle, from: number, to: number): AsyncGenerator<string[]> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const block of readBlocks(file, from, to)) {
    const lines = (rest + decoder.decode(block, { stream: true })).split('\n')
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    yield lines
  }
  if (rest !== '') yield [rest]
}

/** The last newline before a position, or -1. */
function lastNewline(chunk: Buffer, before: number): number {
  return before > 0 ? chunk.lastIndexOf(NEWLINE, before - 1) : -1
}

function lineOf(chunk: Buffer, from: number, to: number, start: number): Line {
  return { at: start + from, text: chunk.toString('utf8', from, Math.min(to, from + LONGEST_LINE)) }
}
