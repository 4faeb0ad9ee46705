import type { SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { bwrapArguments, encodeArguments } from './arguments.ts'
import { bridge } from './bridge.ts'
import { ARGS_FD, dataFiles, SECCOMP_FD, STATUS_FD } from './descriptors.ts'
import type { HostFacts } from './host-facts.ts'
import { innerCommand } from './inner-command.ts'
import { hasFilter, seccompFilter } from './seccomp/filter.ts'

const ARGS_FILE = 'bwrap-args'
const SECCOMP_FILE = 'seccomp'

/** What to run for a policy. Pure. Throws an `Error` on what bubblewrap can't enforce. */
export function wrap(policy: SandboxPolicy, command: readonly string[], facts: HostFacts): WrappedCommand {
  if (!facts.bwrap) throw new Error('bubblewrap is not installed')
  if (!hasFilter(facts.arch)) throw new Error(`there is no system call filter for ${facts.arch}`)
  const args = bwrapArguments(policy, facts)
  for (const text of [...args, ...command]) {
    if (text.includes('\0')) throw new Error('a NUL byte can not be passed to a program')
  }
  const data = dataFiles(policy).map((file) => ({ ...file, name: `data-${file.fd}` }))
  return {
    argv: [
      facts.bwrap,
      '--args',
      String(ARGS_FD),
      '--',
      ...bridge(policy, facts),
      ...innerCommand(command, policy, facts.processBound),
    ],
    env: {},
    files: [
      { name: ARGS_FILE, content: encodeArguments(args) },
      { name: SECCOMP_FILE, content: seccompFilter(facts.arch) },
      ...data.map(({ name, content }) => ({ name, content })),
    ],
    fds: [
      { fd: ARGS_FD, file: ARGS_FILE },
      ...data.map(({ fd, name }) => ({ fd, file: name })),
      { fd: SECCOMP_FD, file: SECCOMP_FILE },
    ],
    ignoreSignals: ['INT', 'QUIT'],
    status: { fd: STATUS_FD, startedWhen: '"exit-code"' },
  }
}
