/** What bubblewrap is called with where agentvm has no part in it: the least that a sandboxed program needs. */
export const RAW_SANDBOX = [
  ...['bwrap', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
  ...['--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', '--unshare-pid', '--'],
]

/** argv of a tmux server of its own with a sandboxed program. */
export const rawAgent = (socket: string, ...argv: string[]) => [
  ...['tmux', '-S', socket, '-f', '/dev/null', 'new-session', '-d', ...RAW_SANDBOX, ...argv],
]

/** argv that ends a tmux server. */
export const endRawAgent = (socket: string) => ['tmux', '-S', socket, 'kill-server']
