import { serverSettings } from './server-settings.ts'

/** What the mouse does in a window is the agent's. */
const PANE_MOUSE_EVENTS = [
  ...[1, 2, 3].flatMap((button) => [
    ...[`MouseDown${button}Pane`, `MouseUp${button}Pane`, `MouseDrag${button}Pane`],
    `MouseDragEnd${button}Pane`,
  ]),
  'WheelUpPane',
  'WheelDownPane',
]

/**
 * The configuration of the grid's tmux server. Its prefix is the one key that an attached agent doesn't get anyhow: the
 * agents' own servers have none, so that no key is lost. Once the last user has left, the server ends.
 */
export function gridConfig(options: { prefix: string; terminal: string; keyName: string }): string {
  const help = `${options.keyName} then: n next, p previous, 1-9, w list, d leave`
  return `${[
    ...serverSettings(options.terminal),
    'set -g automatic-rename off',
    'set -g base-index 1',
    'set -g history-limit 0',
    `set -g prefix '${options.prefix}'`,
    'set -g status-style reverse',
    "set -g status-left ''",
    `set -g status-right ' ${help}'`,
    `set -g status-right-length ${help.length + 1}`,
    "set -g window-status-format ' #I #W '",
    "set -g window-status-current-format '[#I #W]'",
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
