import { fstatSync, writeSync } from 'node:fs'
import { format } from 'node:util'
import type { TableStream } from './table.ts'

let isStreamUsed = true

/**
 * Says whether something uses the stream `process.stdout`. Making it loads Node's streams and sockets, which takes 3 to
 * 5 ms: until then what is printed goes straight to the descriptor. Called by the entry of the CLI; where nobody has
 * called it, as in tests, the stream is used.
 */
export function noteStreamUsed(isUsed: boolean): void {
  isStreamUsed = isUsed
}

/** Standard output as what is printed there depends on it. */
export function standardOutput(): TableStream {
  return isStreamUsed || isDevice() ? process.stdout : {}
}

/** Prints text as it is. Nothing happens where the reader has gone. */
export function printText(text: string): void {
  if (isStreamUsed) process.stdout.write(text)
  else writeNow(Buffer.from(text))
}

/** Prints a line, by the rules of `console.log`. */
export function printLine(message: unknown, ...args: unknown[]): void {
  printText(`${format(message, ...args)}\n`)
}

/** Standard output may be a pipe that another program has made non-blocking: the stream waits until it takes more. */
function writeNow(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // EIO: the terminal is gone.
      if (code === 'EPIPE' || code === 'EIO') return
      if (code !== 'EAGAIN') throw error
      isStreamUsed = true
      process.stdout.write(bytes.subarray(at))
      return
    }
  }
}

function isDevice(): boolean {
  try {
    return fstatSync(1).isCharacterDevice()
  } catch {
    return false
  }
}
