import { type ChildProcess, spawn } from 'node:child_process'
import { ExternalCommandError } from '../errors.ts'
import { debug } from './debug.ts'
import { endingWithUs } from './ending-with-us.ts'
import { runByShell } from './starting-many.ts'

/** What a finished program said. */
export interface ExecResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** How to run an external program. */
export interface ExecOptions {
  /** Its whole environment: nothing of ours is passed on unless named here. */
  env: Record<string, string>
  cwd?: string
  /** Bytes for standard input; none otherwise. */
  input?: string | Uint8Array
  /** Exit codes that aren't failures. 0 by default. */
  ok?: readonly number[]
  /** Milliseconds after which it is killed and counts as failed. */
  timeout?: number
  /** Ends it (TERM) when aborted. The call then throws. */
  signal?: AbortSignal
  /** Gives it a session of its own: it can't ask on our terminal, and Ctrl-C doesn't reach it. */
  ownSession?: boolean
  /** Is given standard error as it comes. */
  onStderr?: (text: string) => void
  /**
   * It prints little, and the last newline of that doesn't matter: within {@link startingMany} a shell starts it. What
   * it prints on both streams is its output then, or its error if it fails.
   */
  short?: boolean
}

/** Who doesn't end by TERM gets KILL after so long. */
const GRACE_MS = 5_000
/** More output than this is taken for a program gone wild. */
const MOST_BYTES = 100 * 1024 ** 2

/** How a program came to its end. */
export interface Ended extends ExecResult {
  /** What says so where it said nothing itself. */
  failure: string
  /** Why it couldn't be started, such as `ENOENT`. */
  cause?: Error
}

/**
 * Runs a program by an argv array, never through a shell. Throws an {@link ExternalCommandError} that holds argv and
 * stderr; its cause is the system's error where the program couldn't be started.
 */
export async function exec(argv: readonly [string, ...string[]], options: ExecOptions): Promise<ExecResult> {
  const begun = performance.now()
  const { exitCode, stdout, stderr, failure, cause } = await (runByShell(argv, options) ??
    runToEnd(argv, options))
  // The first words only: what is typed into a terminal comes last.
  debug(
    'exec',
    () => `${argv.slice(0, 4).join(' ')} → ${exitCode}, ${Math.round(performance.now() - begun)} ms`,
  )
  if (!(options.ok ?? [0]).includes(exitCode))
    throw new ExternalCommandError(argv, stderr || failure, { cause })
  return { exitCode, stdout, stderr }
}

function runToEnd([file, ...args]: readonly [string, ...string[]], options: ExecOptions): Promise<Ended> {
  const { env, cwd, input, ownSession = false } = options
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      ...{ env, cwd, detached: ownSession },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
  } catch (error) {
    // Some of the system's errors are thrown, such as that of too long a command line.
    const cause = error as Error
    return Promise.resolve({ ...{ exitCode: -1, stdout: '', stderr: '', failure: cause.message }, cause })
  }
  const stopped = stopWhen(child, options)
  const release = ownSession ? () => {} : endingWithUs(child)
  const output = collect(child, options)
  // It may end without having read what it is given.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  return new Promise((resolve) => {
    const end = (exitCode: number, failure: string, cause?: Error) => {
      release()
      stopped.release()
      resolve({ exitCode, ...output(), failure, ...(cause && { cause }) })
    }
    child.on('error', (error) => {
      if (child.pid === undefined) end(-1, error.message, error)
    })
    child.on('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `it was ended by ${signal}`
      end(stopped.why === undefined ? (code ?? -1) : -1, stopped.why ?? how)
    })
  })
}

/** Ends a program when its time is up, or when it is told to stop. */
function stopWhen(child: ChildProcess, { timeout, signal }: ExecOptions) {
  const timers: NodeJS.Timeout[] = []
  const state = {
    why: undefined as string | undefined,
    release: () => {
      for (const timer of timers) clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
  const stop = (why: string) => {
    state.why ??= why
    child.kill('SIGTERM')
    timers.push(setTimeout(() => child.kill('SIGKILL'), GRACE_MS))
  }
  const onAbort = () => stop('it was told to stop')
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  if (timeout !== undefined) timers.push(setTimeout(() => stop(`it took longer than ${timeout} ms`), timeout))
  return state
}

function collect(child: ChildProcess, { onStderr }: ExecOptions): () => { stdout: string; stderr: string } {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  let bytes = 0
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) child.kill('SIGKILL')
      else chunks[name].push(chunk)
      if (name === 'stderr') onStderr?.(String(chunk))
    })
  }
  const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8')
  return () => ({ stdout: text(chunks.stdout), stderr: text(chunks.stderr) })
}
