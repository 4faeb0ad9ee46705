/**
 * Restores the signals that bubblewrap itself ignores. Ctrl-C goes to every process of the pane's foreground group:
 * bubblewrap must survive it, the agent's command must get it. As a by-product, a command that isn't there ends
 * with 127, one that can't be run with 126.
 */
export const RESTORE_SIGNALS = ['/usr/bin/env', '--default-signal=INT', '--default-signal=QUIT']

/** Runs its arguments as they are. env takes a first word with `=` for a variable, even after `--`. */
const AS_IT_IS = ['nice', '-n', '0', '--']

/** What bubblewrap starts so that the command runs argument by argument and with exactly this environment. */
export function innerCommand(command: readonly string[], env: Record<string, string>): string[] {
  const [program] = command
  if (program === undefined) throw new Error('there is no command')
  return [
    ...RESTORE_SIGNALS,
    // bubblewrap sets it although it was told to clear everything.
    ...('PWD' in env ? [] : ['--unset=PWD']),
    '--',
    ...(program.includes('=') ? AS_IT_IS : []),
    ...command,
  ]
}
