import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { timestamp } from '../events.ts'
import type { EndReason } from '../state/record.ts'

/** The files in `run/<id>/` by which launcher and CLI talk. */
export const RUN_FILES = {
  /** Generated script that the pane, or `run`, starts. */
  launcher: 'launch',
  /** FIFO: the launcher waits on it until the agent's state is saved, then removes it. While it exists, the agent hasn't started. */
  go: 'go',
  /** FIFO that the launcher holds open as long as it lives. */
  alive: 'alive',
  /** `code=N`, `at=TIME` and `reason=WORD`, written when the agent's command has ended; of one that is killed `code` only. */
  exit: 'exit',
  /** Becomes the `exit` file where the disk is full by then: it has taken the room for it. */
  exitRoom: 'exit-room',
  /** FIFO by which whoever kills the agent tells the launcher that the log is whole: see `end/log-end.ts`. Gone once something of the log was lost. */
  logged: 'logged',
  /** Exists once `kill` has been asked for. */
  killed: 'killed',
  /** The agent's name now; a rename rewrites it. */
  name: 'name',
  /** What the backend's program reports on the status descriptor. */
  status: 'status',
  /** What the agent was last seen doing, as JSON. */
  activity: 'activity.json',
  /** Its time is that until which a prompt that was sent may not show yet. */
  typed: 'typed',
  /** The terminal that it was started from, where its bell is to ring. */
  terminal: 'terminal',
  /** The policy in force, without values of the environment. */
  policy: 'policy.json',
  /** Generated script that writes the pane's output into the log. */
  logPipe: 'log-pipe',
  tmuxConfig: 'tmux.conf',
} as const

/** What {@link RUN_FILES.exitRoom} holds: more bytes than any `exit` file has. */
export const EXIT_ROOM = '\n'.repeat(120)

/** How an agent ended, as its launcher recorded it. */
export interface ExitRecord {
  code: number
  /** ISO 8601 UTC, seconds. */
  at: string
  reason: EndReason
}

/** What the launcher recorded, or undefined if it hasn't, or was killed before it could. */
export function readExit(runDir: string): ExitRecord | undefined {
  try {
    const path = join(runDir, RUN_FILES.exit)
    const match = /^code=(\d{1,3})\n(?:at=(\S+)\n(?:reason=(\S+)\n)?)?/.exec(readFileSync(path, 'utf8'))
    // More than a program can exit with is none: the file is damaged.
    if (!match || Number(match[1]) > 255) return undefined
    const [, code, at = timestamp(statSync(path).mtime), reason = 'exited'] = match
    return { code: Number(code), at, reason: reason as EndReason }
  } catch {
    return undefined
  }
}

/** Whether the launcher still waits for its go. */
export function waitsForGo(runDir: string): boolean {
  return existsSync(join(runDir, RUN_FILES.go))
}

/** Whether an agent of that run folder has ever been let go: its sandbox has begun to come up, or it has even ended. */
export function wasLetGo(runDir: string): boolean {
  if (existsSync(join(runDir, RUN_FILES.exit))) return true
  return existsSync(join(runDir, RUN_FILES.status)) && !waitsForGo(runDir)
}

/** Whether `kill` was asked for. */
export function wasKilled(runDir: string): boolean {
  return existsSync(join(runDir, RUN_FILES.killed))
}
