import { existsSync, rmSync } from 'node:fs'
import { socketOf, type TmuxTarget } from './default-server.ts'
import { runInTerminal } from './session.ts'
import { tmux } from './tmux.ts'

/** The session in which the grid's windows are. */
const SESSION = 'agentvm-grid'

/** One agent of the grid. */
export interface GridWindow extends TmuxTarget {
  name: string
}

/**
 * The configuration of the grid's tmux server. Its prefix is the one key that an attached agent doesn't get anyhow: the
 * agents' own servers have none, so that no key is lost. Once the last user has left, the server ends.
 */
export function gridConfig(options: { prefix: string; terminal: string; keyName: string }): string {
  const help = `${options.keyName} then: n next, p previous, 1-9, w list, d leave`
  return `${[
    `set -s default-terminal ${options.terminal}`,
    'set -s escape-time 10',
    'set -s focus-events on',
    'set -s exit-empty on',
    'set -s set-clipboard off',
    "set -as terminal-features ',*:RGB'",
    'set -s extended-keys on',
    'set -g allow-rename off',
    'set -g automatic-rename off',
    'set -g base-index 1',
    'set -g default-shell /bin/sh',
    'set -g history-limit 0',
    'set -g mouse on',
    `set -g prefix '${options.prefix}'`,
    'set -g prefix2 None',
    'set -g remain-on-exit off',
    'set -g set-titles off',
    'set -g status-style reverse',
    "set -g status-left ''",
    `set -g status-right ' ${help}'`,
    `set -g status-right-length ${help.length + 1}`,
    "set -g window-status-format ' #I #W '",
    "set -g window-status-current-format '[#I #W]'",
    'set -g window-size latest',
    "set -g update-environment ''",
    'set -g visual-bell off',
    'unbind-key -a -T prefix',
    'unbind-key -a -T root',
    ...['n', 'Right', 'Space', 'Tab'].map((key) => `bind-key ${key} next-window`),
    ...['p', 'Left'].map((key) => `bind-key ${key} previous-window`),
    ...Array.from({ length: 9 }, (_, index) => `bind-key ${index + 1} select-window -t :=${index + 1}`),
    "bind-key w choose-tree -Zw -F '#W'",
    ...['d', 'q', `'${options.prefix}'`].map((key) => `bind-key ${key} detach-client`),
    'bind-key -n MouseDown1Status select-window -t =',
    ...PANE_MOUSE_EVENTS.map((event) => `bind-key -n ${event} send-keys -M`),
    // Not from the start: it would end before anybody has come.
    "set-hook -g client-attached 'set -g destroy-unattached on'",
  ].join('\n')}\n`
}

/** What the mouse does in a window is the agent's. */
const PANE_MOUSE_EVENTS = [
  ...[1, 2, 3].flatMap((button) => [
    ...[`MouseDown${button}Pane`, `MouseUp${button}Pane`, `MouseDrag${button}Pane`],
    `MouseDragEnd${button}Pane`,
  ]),
  'WheelUpPane',
  'WheelDownPane',
]

/** Opens a window for each agent, or those that are missing if the grid is open already. The windows close when their agents end. */
export async function openGrid(
  socket: string,
  options: { config: string; windows: readonly GridWindow[] },
): Promise<void> {
  const open = existsSync(socket) ? await openWindows(socket) : undefined
  const missing = options.windows.filter(({ name }) => !open?.includes(name))
  const [first, ...rest] = missing
  if (!first) return
  const create = open ? ['new-window', '-d', '-t', `=${SESSION}:`] : ['new-session', '-d', '-s', SESSION]
  const commands = [
    [...create, '-n', first.name, '--', ...attachCommand(first)],
    ...rest.map((window) => [
      ...['new-window', '-d', '-t', `=${SESSION}:`, '-n', window.name, '--'],
      ...attachCommand(window),
    ]),
  ]
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

/** Names of the open windows; undefined if no grid is open. */
async function openWindows(socket: string): Promise<string[] | undefined> {
  const { exitCode, stdout } = await tmux(
    socket,
    ['list-windows', '-t', `=${SESSION}`, '-F', '#{window_name}'],
    {
      ok: [0, 1],
      timeout: 10_000,
    },
  )
  return exitCode === 0 ? stdout.split('\n').filter(Boolean) : undefined
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
