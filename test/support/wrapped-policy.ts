import type { SandboxPolicy } from '@agentvm/sdk'
import { hostSystem } from '../../plugins/sdk/src/testing/host-system.ts'

/** A policy as the core would make it for these host folders, with changes. */
export function testPolicy(
  host: { workspace: string; home: string },
  changes: Partial<SandboxPolicy> = {},
): SandboxPolicy {
  return {
    version: 1,
    agentId: 'abcd1234',
    hostname: 'tester',
    workspace: { source: host.workspace, target: '/workspace' },
    home: { source: host.home, target: '/home/agent' },
    cwd: '/workspace',
    system: hostSystem(),
    readOnly: [],
    readWrite: [],
    symlinks: [],
    protect: [],
    env: { PATH: '/usr/bin:/bin', HOME: '/home/agent', LANG: 'C.UTF-8' },
    network: { mode: 'none' },
    limits: {},
    tty: false,
    sockets: [],
    user: { uid: 1000, gid: 1000, name: 'agent' },
    ...changes,
  }
}
