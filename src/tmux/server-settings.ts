/**
 * What every tmux server of ours begins with, an agent's own and the grid's: nothing of the user's `~/.tmux.conf`, no
 * key bound but those that follow, and nothing that an agent could reach the outer terminal by.
 */
export function serverSettings(terminal: string): string[] {
  return [
    `set -s default-terminal ${terminal}`,
    'set -s escape-time 10',
    'set -s focus-events on',
    'set -s exit-empty on',
    // An agent must not write the user's clipboard (OSC 52), nor reach the outer terminal by passthrough.
    'set -s set-clipboard off',
    "set -as terminal-features ',*:RGB'",
    'set -s extended-keys on',
    'set -g allow-rename off',
    'set -g default-shell /bin/sh',
    'set -g mouse on',
    'set -g prefix2 None',
    'set -g remain-on-exit off',
    'set -g set-titles off',
    "set -g update-environment ''",
    'set -g visual-bell off',
    'set -g window-size latest',
    'unbind-key -a -T prefix',
    'unbind-key -a -T root',
  ]
}
