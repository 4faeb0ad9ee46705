import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { PROTECTED } from './decoys.ts'
import { hostSystem } from './host-system.ts'

/** A value of the policy's environment: it must be in no command line. */
export const VALUE = 'value-of-the-kit'
const SPACE = 2 * 1024 * 1024

/** What {@link probeSandbox} takes besides the backend. */
export interface ProbeOptions {
  /** The system's own files that the sandboxes are to show; this machine's usual ones by default. */
  system?: SandboxPolicy['system']
}

/** The strictest policy that a backend says it can enforce, over two folders on the host. */
export function probePolicy(
  backend: SandboxBackend,
  host: { workspace: string; home: string },
  { system = hostSystem() }: ProbeOptions,
): SandboxPolicy {
  const { relocatesPaths, network } = backend.capabilities
  const inside = relocatesPaths ? { workspace: '/workspace', home: '/home/agent' } : host
  return {
    ...{ version: 1, agentId: 'probe000', hostname: 'probe', cwd: inside.workspace, system },
    workspace: { source: host.workspace, target: inside.workspace },
    home: { source: host.home, target: inside.home },
    ...{ readOnly: [], readWrite: [], symlinks: [], sockets: [], tty: false },
    protect: PROTECTED.map((path) => `${inside.workspace}/${path}`),
    env: { PATH: '/usr/bin:/bin', HOME: inside.home, LANG: 'C', KIT_SECRET: VALUE },
    network: { mode: network.includes('none') ? 'none' : 'host' },
    limits: { tmpSize: SPACE, shmSize: SPACE },
    user: { uid: 1000, gid: 1000, name: 'agent' },
  }
}
