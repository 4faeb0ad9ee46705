import type { Mount, SandboxBackend, SandboxPolicy } from '@agentvm/sdk'
import type { ResolvedProgram } from './program.ts'

/** Who an agent is inside a sandbox that has its own users, whoever started it. */
export const AGENT_USER: SandboxPolicy['user'] = { uid: 1000, gid: 1000, name: 'agent' }

/** What a policy is made of. All looks at the machine have been taken: building it is pure. */
export interface PolicyInput {
  agentId: string
  name: string
  backend: Pick<SandboxBackend, 'capabilities'>
  /** Host paths. */
  workspace: string
  home: string
  system: SandboxPolicy['system']
  program: ResolvedProgram | undefined
  readOnly: Mount[]
  readWrite: Mount[]
  env: Record<string, string>
  network: SandboxPolicy['network']
  /** Paths inside that stay read-only. */
  protect: string[]
  limits: SandboxPolicy['limits']
  /** Folders of our helpers' sockets. */
  sockets?: Mount[]
  tty: boolean
}

/** Where an agent finds its workspace and home: constant where the backend can move paths, so that a rename keeps an agent's own history valid. */
export function insidePaths(
  backend: Pick<SandboxBackend, 'capabilities'>,
  host: { workspace: string; home: string },
): { workspace: string; home: string } {
  return backend.capabilities.relocatesPaths ? { workspace: '/workspace', home: '/home/agent' } : host
}

/** Puts an agent's policy together. */
export function buildPolicy(input: PolicyInput): SandboxPolicy {
  const inside = insidePaths(input.backend, input)
  const inPlace = (path: string): Mount => ({ source: path, target: path })
  return {
    version: 1,
    agentId: input.agentId,
    hostname: input.name,
    workspace: { source: input.workspace, target: inside.workspace },
    home: { source: input.home, target: inside.home },
    cwd: inside.workspace,
    system: input.system,
    readOnly: [...(input.program?.readOnly ?? []).map(inPlace), ...input.readOnly],
    readWrite: input.readWrite,
    symlinks: input.program?.symlinks ?? [],
    protect: input.protect,
    env: input.env,
    network: input.network,
    limits: input.limits,
    tty: input.tty,
    sockets: input.sockets ?? [],
    user: AGENT_USER,
  }
}
