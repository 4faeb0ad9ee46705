import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { waitInForeground } from '../system/signals.ts'
import {
  defaultSocket,
  lookAgain,
  socketOf,
  surroundingSocket,
  type TmuxTarget,
  usersSessions,
} from './default-server.ts'
import { OtherTmuxVersion, tmux, tmuxInTerminal } from './tmux.ts'

export type { TmuxTarget }

/** Size of a pane that nobody is attached to. */
const COLUMNS = 120
const ROWS = 40

/**
 * Starts an agent's tmux server with one pane that runs the script `launcher`, its output piped into the script `pipe`.
 * One call, so that the pipe is there before the pane's first byte is read. Returns the pid of the launcher.
 */
export async function startSession(
  target: TmuxTarget,
  options: { config: string; launcher: string; pipe: string; cwd: string; agentId: string },
): Promise<number> {
  const { stdout } = await tmux(
    target.socket,
    [
      ...['-f', options.config, 'new-session', '-d', '-P', '-F', '#{pane_pid}', '-s', target.session],
      ...['-x', String(COLUMNS), '-y', String(ROWS), '/bin/sh', options.launcher],
      // tmux expands # and % in this command, hence the path by a variable.
      ...[';', 'pipe-pane', '. "$AGENTVM_LOG_PIPE"'],
    ],
    {
      cwd: options.cwd,
      env: { AGENTVM_LOG_PIPE: options.pipe, AGENTVM_LAUNCHER_ID: options.agentId },
      ...{ timeout: 20_000, short: true },
    },
  )
  return Number(stdout.trim())
}

/** Gives an agent's session another name; who is attached stays so. Does nothing if it has it already. */
export async function renameSession(target: TmuxTarget, session: string): Promise<void> {
  await tmux(target, ['rename-session', '-t', `=${target.session}`, session], {
    ok: [0, 1],
    timeout: 10_000,
  })
  lookAgain()
}

/** Throws a {@link UserError} if an agent's tmux server can't be talked to since tmux was upgraded. One that isn't there is another matter. */
export async function requireSameTmux(target: TmuxTarget): Promise<void> {
  await tmux(target, ['has-session', '-t', `=${target.session}`], { ok: [0, 1], timeout: 10_000 })
}

/** How many terminals are connected to an agent's session; 0 if there is none, or its server can't be asked. */
export async function countClients(target: TmuxTarget): Promise<number> {
  const socket = socketOf(target)
  if (!existsSync(socket)) return 0
  const { stdout } = await tmux(target, ['list-clients', '-t', `=${target.session}`], {
    ok: [0, 1],
    timeout: 10_000,
  }).catch((error: unknown) => {
    if (error instanceof OtherTmuxVersion) return { stdout: '' }
    throw error
  })
  return stdout.split('\n').filter((line) => line !== '').length
}

/** Ends an agent's tmux server, if there is one, and removes its socket. One that can't be told to end, ends with its last program. Never one of the user's own. */
export async function endServer(socket: string): Promise<void> {
  if (socket === '' || socket === defaultSocket() || socket === surroundingSocket()) {
    throw new Error(`${socket || 'the default tmux server'} is the user's own: it must not be ended`)
  }
  if (await listens(socket)) {
    await tmux(socket, ['kill-server'], { ok: [0, 1], timeout: 10_000 }).catch((error: unknown) => {
      if (!(error instanceof OtherTmuxVersion)) throw error
    })
  }
  rmSync(socket, { force: true })
}

/** Whether a server answers at a socket. A look costs less than a tmux, and of agents that are killed the server has mostly gone. */
function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket)
    connection.on('connect', () => {
      resolve(true)
      connection.destroy()
    })
    connection.on('error', () => resolve(false))
  })
}

/** Ends the session of an agent of the bash tool, if it is still there. The user's server stays. */
export async function endUsersSession(session: string): Promise<void> {
  const found = usersSessions().get(session)
  if (found) await tmux(found.socket, ['kill-session', '-t', `=${session}`], { ok: [0, 1], timeout: 10_000 })
}

/** What the agent's terminal shows now, without escape codes. Throws a {@link UserError} if it doesn't run in a terminal. */
export async function captureScreen(target: TmuxTarget & { name: string }): Promise<string> {
  requireTerminal(target)
  const { stdout } = await tmux(target, ['capture-pane', '-p', '-t', paneOf(target)], {
    timeout: 10_000,
  }).catch((error: unknown) => {
    if (error instanceof OtherTmuxVersion) throw error
    throw new UserError(`agent '${target.name}' shows no screen: it isn't running`, {
      fix: `agentvm logs ${target.name}`,
      cause: error,
    })
  })
  return stdout
}

/** Connects the user's terminal to the agent's until the user detaches or the agent ends. Returns tmux's exit code. */
export async function attachTerminal(
  target: TmuxTarget & { name: string },
  options: { readOnly: boolean },
): Promise<number> {
  requireTerminal(target)
  const socket = socketOf(target)
  // Attached within itself, a server would show one session in a pane of another.
  if (socket === surroundingSocket())
    return runInTerminal(socket, ['switch-client', '-t', `=${target.session}`])
  return runInTerminal(socket, [
    ...['attach-session', '-t', `=${target.session}`],
    ...(options.readOnly ? ['-r'] : []),
  ])
}

/** Runs any tmux command against an agent's server with the user's terminal. Returns tmux's exit code. */
export async function runInTerminal(socket: string, args: readonly string[]): Promise<number> {
  const { argv, env } = tmuxInTerminal(socket, args)
  const [file, ...rest] = argv
  return waitInForeground(spawn(file, rest, { stdio: 'inherit', env }), 'ours')
}

/**
 * Types bytes into the agent's terminal as one paste, so that a newline doesn't submit early in a program that takes
 * pastes, and presses Enter at once where `enter` says so: all by one tmux.
 */
export async function pasteText(
  target: TmuxTarget,
  text: Uint8Array,
  { bufferName, enter }: { bufferName: string; enter: boolean },
): Promise<void> {
  const pane = paneOf(target)
  const commands = [
    ...['load-buffer', '-b', bufferName, '-', ';', 'paste-buffer', '-p', '-d', '-b', bufferName, '-t', pane],
    ...(enter ? [';', 'send-keys', '-t', pane, 'Enter'] : []),
  ]
  await tmux(target, commands, { input: text, timeout: 20_000, short: true })
}

/** Presses Enter in the agent's terminal. */
export async function pressEnter(target: TmuxTarget): Promise<void> {
  await tmux(target, ['send-keys', '-t', paneOf(target), 'Enter'], {
    ...{ timeout: 10_000, short: true },
  })
}

/** Presses keys, by tmux's names, in the agent's terminal, one after the other. */
export async function pressKeys(
  target: TmuxTarget,
  keys: readonly string[],
  betweenMs: number,
): Promise<void> {
  for (const [index, key] of keys.entries()) {
    if (index > 0) await sleep(betweenMs)
    await tmux(target, ['send-keys', '-t', paneOf(target), '--', key], { timeout: 10_000 })
  }
}

/** Presses keys, by tmux's names, in the agent's terminal after some seconds. tmux itself waits: this returns at once. */
export async function pressKeysLater(
  target: TmuxTarget,
  keys: readonly string[],
  seconds: number,
): Promise<void> {
  const press = `send-keys -- ${keys.join(' ')}`
  await tmux(target, [...['run-shell', '-b', '-d', String(seconds), '-t', paneOf(target), '-C', press]])
}

/** Path of the pane's terminal device on the host. */
export async function paneTty(target: TmuxTarget): Promise<string> {
  const { stdout } = await tmux(target, ['display-message', '-p', '-t', paneOf(target), '#{pane_tty}'], {
    timeout: 10_000,
  })
  return stdout.trim()
}

function paneOf(target: TmuxTarget): string {
  return `=${target.session}:`
}

function requireTerminal(target: TmuxTarget & { name: string }): void {
  if (target.session !== '') return
  throw new UserError(`agent '${target.name}' runs without a terminal`, {
    fix: `agentvm logs ${target.name} -f`,
  })
}
