import { ExternalCommandError } from '../errors.ts'
import { debug } from './debug.ts'

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
}

/** Runs a program by an argv array, never through a shell. Throws an {@link ExternalCommandError} that holds argv and stderr. */
export async function exec(argv: readonly [string, ...string[]], options: ExecOptions): Promise<ExecResult> {
  // Loaded here: it takes longer to load than most commands take as a whole, and most run no program.
  const { execa } = await import('execa')
  const [file, ...args] = argv
  const begun = performance.now()
  const running = execa(file, args, {
    env: options.env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.ownSession && { detached: true }),
  })
  if (options.onStderr) running.stderr?.on('data', (chunk) => options.onStderr?.(String(chunk)))
  const result = await running
  const exitCode = result.exitCode ?? -1
  // The first words only: what is typed into a terminal comes last.
  debug(
    'exec',
    () => `${argv.slice(0, 4).join(' ')} → ${exitCode}, ${Math.round(performance.now() - begun)} ms`,
  )
  if (!(options.ok ?? [0]).includes(exitCode)) {
    throw new ExternalCommandError(
      argv,
      result.stderr || (result.failed ? (result.shortMessage ?? '') : ''),
      {
        cause: result,
      },
    )
  }
  return { exitCode, stdout: result.stdout, stderr: result.stderr }
}
