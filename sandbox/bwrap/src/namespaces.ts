import type { SandboxPolicy } from '@agentvm/sdk'

/** What the agent shares with nobody: users, processes, IPC, host name, cgroup view and, without network, interfaces. */
export function namespaces({
  user,
  hostname,
  network,
  tty,
}: Pick<SandboxPolicy, 'user' | 'hostname' | 'tty'> & { network: { mode: string } }): string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network.mode === 'host' ? [] : ['--unshare-net']),
    // No namespaces within, and no process that outlives bubblewrap.
    ...['--disable-userns', '--die-with-parent', '--cap-drop', 'ALL'],
    // In a pane the agent needs the terminal's signals. With pipes it must not have the caller's terminal at all: it
    // could read what is typed there and, by TIOCSTI, type into the caller's shell.
    ...(tty ? [] : ['--new-session']),
    ...['--uid', String(user.uid), '--gid', String(user.gid), '--hostname', hostname],
  ]
}
