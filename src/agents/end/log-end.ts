import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { ROTATED } from '../log/rotation.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import type { AgentRecord } from '../state/record.ts'

const POLL_MS = 5
/** A log that isn't whole by then is left to the launcher: its terminal may have been stopped. */
const MOST_LOOKS = 40
/** As much as holds an end marker. */
const TAIL_BYTES = 64

/**
 * Looks, for the launcher of an agent that is being killed, when the log has all that was printed, and tells it: it would
 * have to start programs to see that. Returns how to stop. A launcher that isn't told looks itself.
 */
export function tellWhenLogged({ logFile }: Pick<AgentRecord, 'logFile'>, runDir: string): () => void {
  let fd = openFifo(join(runDir, RUN_FILES.logged))
  const mark = endMarkOf(runDir)
  let looks = 0
  let seen = -1
  const timer = setInterval(() => {
    if (fd === undefined || mark === undefined) return stop()
    if (looks === 0 && !existsSync(join(runDir, RUN_FILES.exit))) return
    looks += 1
    const size = sizeOf(logFile)
    if (size !== seen && endOfLog(logFile, size).includes(mark)) {
      clearInterval(timer)
      if (!say(fd)) stop()
      return
    }
    seen = size
    if (looks === MOST_LOOKS) stop()
  }, POLL_MS)
  const stop = () => {
    clearInterval(timer)
    if (fd !== undefined) closeSync(fd)
    fd = undefined
  }
  return stop
}

/** Returns whether that was possible. */
function say(fd: number): boolean {
  try {
    return writeSync(fd, 'logged\n') > 0
  } catch {
    return false
  }
}

/** An agent that was started by an older agentvm, or has no terminal, has none. */
function openFifo(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

/** What the launcher ends the log with. */
function endMarkOf(runDir: string): string | undefined {
  try {
    return /agentvm-end;[0-9a-f]+/.exec(readFileSync(join(runDir, RUN_FILES.launcher), 'latin1'))?.[0]
  } catch {
    return undefined
  }
}

/** The log's last bytes. One that has just been rotated may begin in the middle of the marker. */
function endOfLog(file: string, size: number): string {
  return size < TAIL_BYTES ? `${endOf(`${file}${ROTATED}`)}${endOf(file)}` : endOf(file)
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function endOf(file: string): string {
  try {
    const fd = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(TAIL_BYTES)
      const start = Math.max(fstatSync(fd).size - TAIL_BYTES, 0)
      return bytes.toString('latin1', 0, readSync(fd, bytes, 0, TAIL_BYTES, start))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
