import { closeSync, constants, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Home } from '../../settings/home.ts'
import { lookAgain } from '../../tmux/default-server.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { isFromBashTool, isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'

/** Pause before looking again at an agent of the bash tool: it has no launcher that would tell. */
const LOOK_AT_USERS_SERVER_MS = 250

/** Pause before looking again at a launcher that lives but doesn't hold its FIFO yet, or no more. */
const LOOK_AGAIN_MS = 10

/**
 * Resolves when the launcher of this run folder lets go of its `alive` FIFO: when it ends, also by SIGKILL. Resolves
 * at once if nobody holds it. Uses no polling. Rejects with the signal's reason on abort.
 */
export async function whenEnded(runDir: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  let fd: number
  try {
    fd = openSync(join(runDir, RUN_FILES.alive), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return
  }
  // A FIFO without a writer reads as ended, but never wakes who waits for it.
  if (!hasWriter(fd)) return closeSync(fd)
  await new Promise<void>((resolve, reject) => {
    const socket = openFifo(fd, resolve)
    signal?.addEventListener('abort', () => {
      socket?.destroy()
      reject(signal.reason)
    })
  })
}

/** Waits until an agent has ended, whatever it is doing now. Polls only for the bash tool's agents. */
export async function waitForEnd(record: AgentRecord, home: Home, signal?: AbortSignal): Promise<void> {
  if (isFromBashTool(record)) return waitForUsersSession(record, home, signal)
  while (isRunning(liveness(record, home))) {
    await whenEnded(home.runDir(record.id), signal)
    if (isRunning(liveness(record, home)))
      await sleep(LOOK_AGAIN_MS, undefined, { ...(signal && { signal }) })
  }
}

async function waitForUsersSession(record: AgentRecord, home: Home, signal?: AbortSignal): Promise<void> {
  lookAgain()
  while (isRunning(liveness(record, home))) {
    await sleep(LOOK_AT_USERS_SERVER_MS, undefined, { ...(signal && { signal }) })
    lookAgain()
  }
}

function hasWriter(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) > 0
  } catch {
    return true
  }
}

function openFifo(fd: number, onEnd: () => void): Socket | undefined {
  try {
    const socket = new Socket({ fd, readable: true, writable: false })
    socket.on('close', onEnd)
    socket.on('error', onEnd)
    socket.resume()
    return socket
  } catch {
    closeSync(fd)
    onEnd()
    return undefined
  }
}
