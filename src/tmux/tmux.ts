import { ExternalCommandError, UserError } from '../errors.ts'
import { type ExecOptions, type ExecResult, exec } from '../system/exec.ts'
import { errorCode } from '../system/files.ts'
import { isOtherVersion, socketOf, surroundingSocket, type TmuxTarget } from './default-server.ts'

/** An agent's tmux server is of another version than the tmux that is installed now: that one can't talk to it. */
export class OtherTmuxVersion extends UserError {
  constructor(target: TmuxTarget | string) {
    if (typeof target === 'string') {
      super(`the tmux server at ${target} was started by another version of tmux than is installed now`, {
        fix: 'leave it in all terminals, then try again',
      })
    } else {
      const name = target.session.replace(/^agentvm-/, '')
      super(
        `tmux was upgraded while agent '${name}' ran: the new one can't talk to the server of the old one`,
        {
          fix: `'agentvm logs ${name}' still shows its output; 'agentvm restart ${name}' starts it under the new tmux`,
        },
      )
    }
    this.name = 'OtherTmuxVersion'
  }
}

/** The environment of every tmux that we start: its server passes it on to the launcher, so nothing of the user's is in it. */
function tmuxEnv(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    TERM: process.env.TERM || 'xterm-256color',
    LC_ALL: 'C.UTF-8',
    ...extra,
  }
}

/** Runs tmux against an agent's server, or that of a socket. Throws a {@link UserError} if tmux isn't installed, or is of another version than the server. */
export async function tmux(
  target: TmuxTarget | string,
  args: readonly string[],
  options: Partial<Omit<ExecOptions, 'env'>> & { env?: Record<string, string> } = {},
): Promise<ExecResult> {
  const socket = typeof target === 'string' ? target : socketOf(target)
  try {
    const result = await exec(['tmux', '-u', '-S', socket, ...args], {
      ...options,
      env: tmuxEnv(options.env),
    })
    if (isOtherVersion(result.stderr)) throw new OtherTmuxVersion(target)
    return result
  } catch (error) {
    if (error instanceof ExternalCommandError && isOtherVersion(error.stderr)) {
      throw new OtherTmuxVersion(target)
    }
    if (errorCode((error as Error).cause) === 'ENOENT') {
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
