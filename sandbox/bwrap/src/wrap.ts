import type { SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { ARGS_FD, bwrapArguments, dataFiles, STATUS_FD } from './arguments.ts'
import type { HostFacts } from './host-facts.ts'

/**
 * Restores the signals that bubblewrap itself ignores. Ctrl-C goes to every process of the pane's foreground group:
 * bubblewrap must survive it, the agent's command must get it. As a by-product, a command that isn't there ends
 * with 127, one that can't be run with 126.
 */
const RESTORE_SIGNALS = ['/usr/bin/env', '--default-signal=INT', '--default-signal=QUIT']

/** Becomes the command. Between env and the command, so that a command named `A=B` isn't taken for a variable. */
const EXEC = ['/bin/sh', '-c', 'exec "$@"', 'sh']

/** What to run for a policy. Pure. Throws an `Error` on what bubblewrap can't enforce. */
export function wrap(policy: SandboxPolicy, command: readonly string[], facts: HostFacts): WrappedCommand {
  if (!facts.bwrap) throw new Error('bubblewrap is not installed')
  if (policy.network.mode === 'allowlist')
    throw new Error('bubblewrap alone can not enforce a network allow-list')
  const args = bwrapArguments(policy, facts)
  for (const text of [...args, ...command]) {
    if (text.includes('\0')) throw new Error('a NUL byte can not be passed to a program')
  }
  const data = dataFiles(policy).map((file) => ({ ...file, name: `data-${file.fd}` }))
  return {
    argv: [facts.bwrap, '--args', String(ARGS_FD), '--', ...RESTORE_SIGNALS, ...viaShell(command)],
    env: {},
    files: [
      { name: 'bwrap-args', content: args.map((text) => `${text}\0`).join('') },
      ...data.map(({ name, content }) => ({ name, content })),
    ],
    fds: [{ fd: ARGS_FD, file: 'bwrap-args' }, ...data.map(({ fd, name }) => ({ fd, file: name }))],
    ignoreSignals: ['INT', 'QUIT'],
    status: { fd: STATUS_FD, startedWhen: '"exit-code"' },
  }
}

function viaShell(command: readonly string[]): readonly string[] {
  return command[0]?.includes('=') || command[0]?.startsWith('-') ? [...EXEC, ...command] : command
}
