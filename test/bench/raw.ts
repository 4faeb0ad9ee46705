import { join } from 'node:path'
import { runQuietly } from './measure.ts'

/** What bubblewrap is called with where agentvm has no part in it: the least that a sandboxed program needs. */
export const RAW_SANDBOX = [
  ...['bwrap', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
  ...['--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', '--unshare-pid', '--'],
]

/** argv of a tmux server of its own with a sandboxed program. */
export const rawAgent = (socket: string, ...argv: string[]) => [
  ...['tmux', '-S', socket, '-f', '/dev/null', 'new-session', '-d', ...RAW_SANDBOX, ...argv],
]

const END_ALL = 'for s in "$1"/s*; do [ ! -e "$s" ] || tmux -S "$s" kill-server; rm -f "$s"; done 2>/dev/null'

/** argv that starts so many at once as agentvm does: eight at a time, with sockets in a folder. */
export const rawAgents = (folder: string, count: number, ...argv: string[]) => [
  ...['sh', '-c', 'seq "$1" | { shift; exec xargs -P 8 -I {} "$@"; }', 'sh', String(count)],
  ...rawAgent(join(folder, 's{}'), ...argv),
]

/** Ends all tmux servers with sockets in a folder. */
export async function endRawAgents(folder: string): Promise<void> {
  await runQuietly(['sh', '-c', END_ALL, 'sh', folder])
}
