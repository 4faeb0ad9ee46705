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

/** What tmux says to a server that a tmux of another version has started. */
const OTHER_VERSION = /protocol version mismatch|server version is too old for client/

let look: { at: number; sessions: Map<string, UsersSession>; complete: boolean } | undefined

/** Whether that is why tmux failed, by what it said on standard error. */
export function isOtherVersion(stderr: string): boolean {
  return OTHER_VERSION.test(stderr)
}

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
  return lookAtSessions().sessions
}

/** Whether the last look saw all of the user's sessions. Where tmux was upgraded while a server ran, nobody can tell what runs on it. */
export function sawAllSessions(): boolean {
  return lookAtSessions().complete
}

function lookAtSessions(): NonNullable<typeof look> {
  if (look && performance.now() - look.at < FRESH_MS) return look
  const sockets = new Set([defaultSocket(), surroundingSocket()].filter((socket) => socket !== undefined))
  const sessions = new Map<string, UsersSession>()
  let complete = true
  for (const socket of sockets) {
    const found = sessionsOf(socket)
    complete &&= found !== undefined
    for (const [name, pid] of found ?? []) if (!sessions.has(name)) sessions.set(name, { socket, pid })
  }
  look = { at: performance.now(), sessions, complete }
  return look
}

/** The socket to reach an agent by. */
export function socketOf({ socket, session }: TmuxTarget): string {
  return socket || (usersSessions().get(session)?.socket ?? defaultSocket())
}

/** Makes the next {@link usersSessions} look again. */
export function lookAgain(): void {
  look = undefined
}

/** The sessions on a server and their programs; undefined where it runs, but can't be asked. */
function sessionsOf(socket: string): [name: string, pid: number][] | undefined {
  if (!existsSync(socket)) return []
  let output: string
  try {
    const format = ['-F', '#{session_name}\t#{pane_pid}']
    output = execFileSync('tmux', ['-u', '-S', socket, 'list-panes', '-a', ...format], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
    })
  } catch (error) {
    // Else no server listens there, or there is no tmux at all.
    return isOtherVersion(String((error as { stderr?: unknown }).stderr)) ? undefined : []
  }
  return [...parsePanes(output)]
}

/** Reads lines `session TAB pid` of panes: the first pane of each session. A name may hold anything but a tab and a line's end. */
export function parsePanes(output: string): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  for (const line of output.split('\n')) {
    const [name, pid] = line.split('\t')
    if (name && pid && /^\d{1,10}$/.test(pid) && !first.has(name)) first.set(name, Number(pid))
  }
  return first
}
