import type { SandboxPolicy } from '@agentvm/sdk'
import { SECCOMP_FD, STATUS_FD } from './descriptors.ts'
import type { HostFacts } from './host-facts.ts'
import { mounts } from './mounts.ts'
import { namespaces } from './namespaces.ts'
import { privateFolders } from './private-folders.ts'

/** bubblewrap's options for a policy, without the command. They hold the environment: pass them by descriptor only. */
export function bwrapArguments(policy: SandboxPolicy, facts: HostFacts): string[] {
  return [
    ...namespaces(policy),
    ...privateFolders(policy.limits, facts),
    ...mounts(policy),
    ...['--remount-ro', '/', '--chdir', policy.cwd],
    ...['--clearenv', ...Object.entries(policy.env).flatMap(([name, value]) => ['--setenv', name, value])],
    ...['--seccomp', String(SECCOMP_FD), '--json-status-fd', String(STATUS_FD)],
  ]
}

/** Arguments as `--args` reads them: each ended by a NUL byte. */
export function encodeArguments(args: readonly string[]): string {
  return args.map((text) => `${text}\0`).join('')
}
