import { spawn } from 'node:child_process'
import { type Stats, statSync } from 'node:fs'
import { sendGroupSignal } from '../../system/processes.ts'

/** How to run a script of the user's on the host. */
export interface HostScript {
  argv: readonly [string, ...string[]]
  cwd: string
  /** Its whole environment. */
  env: NodeJS.ProcessEnv
  /** Ends it, with all that it has started. */
  signal?: AbortSignal | undefined
  /** Milliseconds that it may take; undefined for no limit. */
  limitMs?: number
}

/** Milliseconds between TERM and KILL where it doesn't end. */
const GRACE_MS = 1_000

/** Why a script must not be run, in words, with the command that mends it: another user could have written it. */
export function whyNotRun(script: string): string | undefined {
  let stats: Stats
  try {
    stats = statSync(script)
  } catch {
    return "isn't there, so it was not run"
  }
  if (!stats.isFile()) return 'is not a file, so it was not run'
  const user = process.geteuid?.()
  if (stats.uid !== user && stats.uid !== 0) {
    return `belongs to another user (uid ${stats.uid}), so it was not run: sudo chown ${user} ${script}`
  }
  return (stats.mode & 0o002) === 0
    ? undefined
    : `can be changed by everyone, so it was not run: chmod o-w ${script}`
}

/** Runs a script to its end; its output goes to standard error. Returns what went wrong, in words. What it leaves running in the background after a normal end lives on. */
export async function runHostScript(script: HostScript): Promise<string | undefined> {
  if (script.signal?.aborted) return 'was not run: interrupted'
  const [program, ...args] = script.argv
  return new Promise((resolve) => {
    let why: string | undefined
    // A group of its own, so that it can be ended with all that it has started.
    const child = spawn(program, args, {
      cwd: script.cwd,
      env: script.env,
      stdio: ['ignore', 2, 2],
      detached: true,
    })
    const end = (reason: string) => {
      why ??= reason
      sendGroupSignal(child.pid, 'SIGTERM')
      setTimeout(() => sendGroupSignal(child.pid, 'SIGKILL'), GRACE_MS)
    }
    const onAbort = () => end('was interrupted')
    script.signal?.addEventListener('abort', onAbort)
    const { limitMs } = script
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => end(`took longer than ${limitMs / 1000} seconds, and was ended`), limitMs)
    const done = (result: string | undefined) => {
      clearTimeout(timer)
      script.signal?.removeEventListener('abort', onAbort)
      resolve(why ?? result)
    }
    child.on('error', (error) => done(`could not be run: ${error.message}`))
    child.on('exit', (code, signal) =>
      done(code === 0 ? undefined : `failed (${signal ?? `exit code ${code}`})`),
    )
  })
}
