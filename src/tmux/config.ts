/** Lines that a pane keeps to scroll back through. They cost memory only once written. */
const HISTORY_LINES = 50_000

/**
 * The configuration of an agent's own tmux server. Nothing of the user's `~/.tmux.conf` applies: no status bar, no
 * prefix key, so that attaching within the user's own tmux nests cleanly. One key detaches; wheel and PageUp scroll.
 */
export function tmuxConfig(options: { detachKey: string; terminal: string }): string {
  return `${[
    `set -s default-terminal ${options.terminal}`,
    'set -s escape-time 10',
    'set -s focus-events on',
    'set -s exit-empty on',
    // An agent must not write the user's clipboard (OSC 52), nor reach the outer terminal by passthrough.
    'set -s set-clipboard off',
    "set -as terminal-features ',*:RGB'",
    'set -s extended-keys on',
    'set -g allow-rename off',
    'set -g default-shell /bin/sh',
    `set -g history-limit ${HISTORY_LINES}`,
    'set -g mouse on',
    'set -g prefix None',
    'set -g prefix2 None',
    'set -g remain-on-exit off',
    'set -g set-titles off',
    'set -g status off',
    "set -g update-environment ''",
    'set -g visual-bell off',
    'set -g window-size latest',
    'unbind-key -a -T prefix',
    'unbind-key -a -T root',
    `bind-key -n '${options.detachKey}' detach-client`,
    'bind-key -n PPage if-shell -F "#{||:#{alternate_on},#{mouse_any_flag}}" "send-keys PPage" "copy-mode -eu"',
    'bind-key -n WheelUpPane if-shell -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send-keys -M" "copy-mode -e"',
    'bind-key -n MouseDown1Pane if-shell -F "#{mouse_any_flag}" "send-keys -M" ""',
    'bind-key -n MouseDrag1Pane if-shell -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send-keys -M" "copy-mode -M"',
  ].join('\n')}\n`
}
