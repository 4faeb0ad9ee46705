import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where an agent's tmux server listens, and its session's name. */
export interface TmuxTarget {
  /** Empty for an agent of the bash tool: its session is on one of the user's own servers. */
  socket: string
  session: string
}

/** How long a look at the user's tmux servers holds good. */
const FRESH_MS = 500

/** A session on one of the user's own tmux servers. */
export interface UsersSession {
  socket: string
  /** Pid of the program in its first pane. */
  pid: number
}

let look: { at: number; sessions: Map<string, UsersSession> } | undefined

/** The socket of the user's default tmux server. */
export function defaultSocket(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.TMUX_TMPDIR || '/tmp', `tmux-${process.getuid?.()}`, 'default')
}

/** The socket of the tmux server in which this command itself runs, if it does. */
export function surroundingSocket(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.TMUX?.split(',')[0] || undefined
}

/**
 * The sessions of the user's own tmux servers by name: of the default one, and of the one that we run in. The bash
 * tool's agents live there. One tmux process a server, however many agents ask; none where there is no server.
 */
export function usersSessions(): ReadonlyMap<string, UsersSession> {
  if (look && Date.now() - look.at < FRESH_MS) return look.sessions
  const sockets = new Set([defaultSocket(), surroundingSocket()].filter((socket) => socket !== undefined))
  const sessions = new Map<string, UsersSession>()
  for (const socket of sockets) {
    for (const [name, pid] of sessionsOf(socket)) if (!sessions.has(name)) sessions.set(name, { socket, pid })
  }
  look = { at: Date.now(), sessions }
  return sessions
}

/** The socket to reach an agent by. */
export function socketOf({ socket, session }: TmuxTarget): string {
  return socket || (usersSessions().get(session)?.socket ?? defaultSocket())
}

/** Makes the next {@link usersSessions} look again. */
export function lookAgain(): void {
  look = undefined
}

function sessionsOf(socket: string): [name: string, pid: number][] {
  if (!existsSync(socket)) return []
  let output: string
  try {
    const format = ['-F', '#{session_name}\t#{pane_pid}']
    output = execFileSync('tmux', ['-u', '-S', socket, 'list-panes', '-a', ...format], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
  } catch {
    // No server listens there, or there is no tmux at all.
    return []
  }
  const first = new Map<string, number>()
  for (const line of output.split('\n')) {
    const [name, pid] = line.split('\t')
    if (name && pid && !first.has(name)) first.set(name, Number(pid))
  }
  return [...first]
}
