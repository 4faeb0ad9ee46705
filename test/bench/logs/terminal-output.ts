import { closeSync, openSync, writeSync } from 'node:fs'

const LINES = [
  [
    '\x1b[2m12:34:56\x1b[0m \x1b[1;32m✓\x1b[0m \x1b[36msrc/agents/log/follow.ts\x1b[0m 12 passed\r\n',
    '12:34:56 ✓ src/agents/log/follow.ts 12 passed\n',
  ],
  [
    '  I have read the file, and the mistake is in the loop that waits for the end of the line.\r\n',
    '  I have read the file, and the mistake is in the loop that waits for the end of the line.\n',
  ],
  [
    '\x1b[38;5;114m+    for (const line of lines) yield line.trimEnd()\x1b[39m\r\n',
    '+    for (const line of lines) yield line.trimEnd()\n',
  ],
  [
    '\x1b[38;5;203m-    for (const line of lines) yield line\x1b[39m\x1b[K\r\n',
    '-    for (const line of lines) yield line\n',
  ],
] as const
const REPEATS = 2_500

/** Nearly a megabyte of what an agent CLI prints: colours, erasures, lines that end as a terminal's do. */
export const PRINTED = Buffer.from(
  LINES.map(([raw]) => raw)
    .join('')
    .repeat(REPEATS),
)
/** The same as `logs` shows it. */
export const SHOWN = Buffer.from(
  LINES.map(([, text]) => text)
    .join('')
    .repeat(REPEATS),
)

/** Writes at least so many bytes of it, and returns how many blocks. */
export function writePrinted(path: string, bytes: number): number {
  const blocks = Math.ceil(bytes / PRINTED.length)
  const file = openSync(path, 'w')
  for (let block = 0; block < blocks; block += 1) writeSync(file, PRINTED)
  closeSync(file)
  return blocks
}
