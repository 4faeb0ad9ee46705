import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { EndReason } from '../state/record.ts'

/** The files in `run/<id>/` by which launcher and CLI talk. */
export const RUN_FILES = {
  /** Generated script that the pane, or `run`, starts. */
  launcher: 'launch',
  /** FIFO: the launcher waits on it until the agent's state is saved, then removes it. While it exists, the agent hasn't started. */
  go: 'go',
  /** FIFO that the launcher holds open as long as it lives. */
  alive: 'alive',
  /** `code=N`, `at=TIME` and `reason=WORD`, written when the agent's command has ended. */
  exit: 'exit',
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
    const text = readFileSync(join(runDir, RUN_FILES.exit), 'utf8')
    const match = /^code=(\d+)\nat=(\S+)\n(?:reason=(\S+)\n)?/.exec(text)
    if (!match) return undefined
    const [, code, at = '', reason = 'exited'] = match
    return { code: Number(code), at, reason: reason as EndReason }
  } catch {
    return undefined
  }
}

/** Whether the launcher still waits for its go. */
export function waitsForGo(runDir: string): boolean {
  return existsSync(join(runDir, RUN_FILES.go))
}

/** Whether `kill` was asked for. */
export function wasKilled(runDir: string): boolean {
  return existsSync(join(runDir, RUN_FILES.killed))
}
