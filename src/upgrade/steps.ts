import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { exec } from '../system/exec.ts'

/** What an upgrade came to. */
export interface UpgradeResult {
  method: 'git' | 'npm'
  from: string
  /** The newest version; the same as `from` if there is none newer. */
  to: string
  /** Commits, of a git checkout; else null. */
  from_commit: string | null
  to_commit: string | null
  /** Whether something newer is there, or was before it was taken. */
  available: boolean
  upgraded: boolean
}

/** How an upgrade is done. */
export interface UpgradeOptions {
  /** Only look, change nothing. */
  check: boolean
  /** npm package to take instead of the newest release: a version, a tarball, a folder. */
  source?: string | undefined
  /** Told what is being done. */
  say: (what: string) => void
  env: NodeJS.ProcessEnv
}

/** Runs a program of the user's in the user's environment. Throws an {@link ExternalCommandError} if it fails. */
export async function runHere(
  argv: readonly [string, ...string[]],
  options: UpgradeOptions,
  cwd?: string,
): Promise<string> {
  const { stdout } = await exec(argv, { env: environment(options), ...(cwd ? { cwd } : {}) })
  return stdout.trim()
}

/** Runs a long program, its output on standard error. Throws an `Error` if it fails. */
export async function runLoudly(
  argv: readonly [string, ...string[]],
  options: UpgradeOptions,
  cwd: string,
): Promise<void> {
  const [program, ...args] = argv
  const child = spawn(program, args, { cwd, env: environment(options), stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${argv.slice(0, 3).join(' ')} failed in ${cwd}`)
}

/** Starts the agentvm in a folder, and returns the version that it says. Throws a {@link UserError} if it doesn't run. */
export async function askVersion(root: string, options: UpgradeOptions): Promise<string> {
  try {
    const output = await runHere([join(root, 'bin/agentvm'), 'version', '--json'], options)
    return (JSON.parse(output) as { version: string }).version
  } catch (error) {
    throw new UserError('the new agentvm does not run', { cause: error })
  }
}

/** Runs `work` while requests to end wait: for steps that must not stop half-way, and that take no time. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const ignore = () => {}
  for (const signal of signals) process.on(signal, ignore)
  try {
    return await work()
  } finally {
    for (const signal of signals) process.off(signal, ignore)
  }
}

/** Without agentvm's own variables, and with git and npm speaking plainly. */
function environment({ env }: UpgradeOptions): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(entries), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }
}
