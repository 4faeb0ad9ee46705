import { serverSettings } from './server-settings.ts'

/** Lines that a pane keeps to scroll back through. They cost memory only once written. */
const HISTORY_LINES = 50_000

/**
 * The configuration of an agent's own tmux server. Nothing of the user's `~/.tmux.conf` applies: no status bar, no
 * prefix key, so that attaching within the user's own tmux nests cleanly. One key detaches; wheel and PageUp scroll.
 */
export function tmuxConfig(options: { detachKey: string; terminal: string }): string {
  return `${[
    ...serverSettings(options.terminal),
    `set -g history-limit ${HISTORY_LINES}`,
    'set -g prefix None',
    'set -g status off',
    `bind-key -n '${options.detachKey}' detach-client`,
    'bind-key -n PPage if-shell -F "#{||:#{alternate_on},#{mouse_any_flag}}" "send-keys PPage" "copy-mode -eu"',
    'bind-key -n WheelUpPane if-shell -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send-keys -M" "copy-mode -e"',
    'bind-key -n MouseDown1Pane if-shell -F "#{mouse_any_flag}" "send-keys -M" ""',
    'bind-key -n MouseDrag1Pane if-shell -F "#{||:#{pane_in_mode},#{mouse_any_flag}}" "send-keys -M" "copy-mode -M"',
  ].join('\n')}\n`
}
