import { existsSync, rmSync } from 'node:fs'
import { socketOf, type TmuxTarget } from './default-server.ts'
import { runInTerminal } from './session.ts'
import { tmux } from './tmux.ts'

/** The session in which the grid's windows are. */
const SESSION = 'agentvm-grid'
/** Holds the id of a window's agent. */
const ID_OPTION = '@agentvm_id'

/** One agent of the grid. */
export interface GridWindow extends TmuxTarget {
  /** Stays the same when the agent is renamed. */
  id: string
  name: string
}

/**
 * Opens a window for each agent; if the grid is open already, those that are missing, and gives the others their
 * agents' names. The windows close when their agents end.
 */
export async function openGrid(
  socket: string,
  options: { config: string; windows: readonly GridWindow[] },
): Promise<void> {
  const open = existsSync(socket) ? await openWindows(socket) : undefined
  const commands = options.windows.flatMap((window, index) => {
    const isOpen = open?.find(({ id }) => id === window.id)
    if (isOpen) return [['rename-window', '-t', isOpen.window, window.name]]
    const isFirst = !open && index === 0
    const create = isFirst ? ['new-session', '-d', '-s', SESSION] : ['new-window', '-d', '-t', `=${SESSION}:`]
    return [
      [...create, '-n', window.name, '--', ...attachCommand(window)],
      ['set-option', '-w', '-t', `=${SESSION}:=${window.name}`, ID_OPTION, window.id],
    ]
  })
  await tmux(
    socket,
    ['-f', options.config, ...commands.flatMap((command) => [...command, ';']).slice(0, -1)],
    {
      cwd: '/',
      timeout: 20_000,
    },
  )
}

/** Shows the grid until the user leaves it or the last agent ends. If nobody else is there then, nothing stays. */
export async function showGrid(socket: string): Promise<number> {
  const code = await runInTerminal(socket, ['attach-session', '-t', `=${SESSION}`])
  if ((await openWindows(socket)) === undefined) rmSync(socket, { force: true })
  return code
}

/** The open windows and whose they are; undefined if no grid is open. */
async function openWindows(socket: string): Promise<{ window: string; id: string }[] | undefined> {
  const { exitCode, stdout } = await tmux(
    socket,
    ['list-windows', '-t', `=${SESSION}`, '-F', `#{window_id} #{${ID_OPTION}}`],
    { ok: [0, 1], timeout: 10_000 },
  )
  if (exitCode !== 0) return undefined
  return stdout.split('\n').flatMap((line) => {
    const [window, id] = line.split(' ')
    return window && id ? { window, id } : []
  })
}

/** A client of the agent's own server. Without TMUX it doesn't take itself for nested. */
function attachCommand(target: TmuxTarget): string[] {
  const session = `=${target.session}`
  return [
    'env',
    '-u',
    'TMUX',
    '-u',
    'TMUX_PANE',
    'tmux',
    '-u',
    '-S',
    socketOf(target),
    'attach-session',
    '-t',
    session,
  ]
}
