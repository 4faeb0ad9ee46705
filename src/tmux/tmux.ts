import { UserError } from '../errors.ts'
import { type ExecOptions, type ExecResult, exec } from '../system/exec.ts'
import { errorCode } from '../system/files.ts'
import { surroundingSocket } from './default-server.ts'

/** The environment of every tmux that we start: its server passes it on to the launcher, so nothing of the user's is in it. */
function tmuxEnv(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    TERM: process.env.TERM || 'xterm-256color',
    LC_ALL: 'C.UTF-8',
    ...extra,
  }
}

/** Runs tmux against the server of one socket. Throws a {@link UserError} if tmux isn't installed. */
export async function tmux(
  socket: string,
  args: readonly string[],
  options: Partial<Omit<ExecOptions, 'env'>> & { env?: Record<string, string> } = {},
): Promise<ExecResult> {
  try {
    return await exec(['tmux', '-u', '-S', socket, ...args], { ...options, env: tmuxEnv(options.env) })
  } catch (error) {
    const cause = (error as Error).cause as { cause?: unknown } | undefined
    if (errorCode(cause) === 'ENOENT' || errorCode(cause?.cause) === 'ENOENT') {
      throw new UserError('tmux is not installed', { fix: "'agentvm doctor' shows how to install it" })
    }
    throw error
  }
}

/** argv and environment of a tmux that takes over the user's terminal, for the caller to run with inherited streams. */
export function tmuxInTerminal(
  socket: string,
  args: readonly string[],
): { argv: [string, ...string[]]; env: NodeJS.ProcessEnv } {
  const { TMUX, TMUX_PANE, ...rest } = process.env
  // Only within the server itself: that tells it which of its clients is meant.
  const env = TMUX && socket === surroundingSocket() ? { ...rest, TMUX, TMUX_PANE } : rest
  return { argv: ['tmux', '-u', '-S', socket, ...args], env }
}
