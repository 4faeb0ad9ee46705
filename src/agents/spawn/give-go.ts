import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { errorCode } from '../../system/files.ts'
import { isAlive } from '../../system/processes.ts'
import { RUN_FILES, waitsForGo } from './run-files.ts'

/** How long a launcher may take to come to its FIFO, on the busiest machine. */
const LAUNCHER_TAKES_MS = 15_000

/** Waits until a launcher has made its FIFOs: from then on it waits for its go. Throws a {@link UserError} if it doesn't come up. */
export async function whenWaiting(runDir: string, launcher: { pid: number; start: string }): Promise<void> {
  for (const deadline = performance.now() + LAUNCHER_TAKES_MS; !waitsForGo(runDir); await sleep(1)) {
    if (!isAlive(launcher.pid, launcher.start) || performance.now() > deadline) throw notUp()
  }
}

/**
 * Lets a waiting launcher start its agent, and removes the files `opened`, which it has open by then: they may hold keys.
 * Opening for writing succeeds only once the launcher reads, so the word can't be lost; if we die before, the launcher
 * reads an end of file and the agent never starts.
 */
export async function giveGo(
  runDir: string,
  launcher: { pid: number; start: string },
  opened: readonly string[],
): Promise<void> {
  const deadline = performance.now() + LAUNCHER_TAKES_MS
  for (;;) {
    try {
      const fd = openSync(join(runDir, RUN_FILES.go), constants.O_WRONLY | constants.O_NONBLOCK)
      for (const file of opened) rmSync(join(runDir, file), { force: true })
      writeSync(fd, 'go\n')
      closeSync(fd)
      // Before anybody looks: while it is there the agent is taken for unfinished.
      rmSync(join(runDir, RUN_FILES.go), { force: true })
      return
    } catch (error) {
      if (errorCode(error) !== 'ENXIO') throw error
    }
    if (!isAlive(launcher.pid, launcher.start) || performance.now() > deadline) {
      throw notUp()
    }
    await sleep(1)
  }
}

function notUp(): UserError {
  return new UserError('the launcher of the agent did not come up', {
    fix: "'agentvm doctor' checks tmux and the shell",
    exitCode: 125,
  })
}
