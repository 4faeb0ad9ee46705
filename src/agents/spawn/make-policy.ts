import type { SandboxPolicy } from '@agentvm/sdk'
import { AGENT_USER, buildPolicy } from '../../policy/build-policy.ts'
import { gatherFiles } from '../../policy/gather-files.ts'
import { PROXY } from '../../policy/proxy-endpoint.ts'
import { socketFolder } from '../../policy/signer-endpoint.ts'
import { systemPaths } from '../../policy/system-paths.ts'
import { shortly } from '../../system/shortly.ts'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'
import type { PreparedSpawn } from './plan.ts'

/** The policy of an agent that is about to start. `protect`: paths inside that stay as they are. */
export function makePolicy(
  { home }: Context,
  prepared: PreparedSpawn,
  record: AgentRecord,
  protect: string[],
): SandboxPolicy {
  const { plan, backend, identity, program, tty } = prepared
  return buildPolicy({
    agentId: record.id,
    name: record.name,
    backend,
    workspace: record.workspace,
    home: record.home,
    system: systemOf(home, prepared),
    program,
    readOnly: plan.readOnly,
    readWrite: plan.readWrite,
    env: plan.env,
    protect,
    limits: plan.limits,
    network:
      plan.network === 'allowlist'
        ? { mode: 'allowlist', allow: plan.allow, proxy: PROXY }
        : { mode: plan.network },
    ...(plan.network === 'allowlist' || identity?.mode === 'socket'
      ? { sockets: [socketFolder(backend, home.proxySocketDir(record.id))] }
      : {}),
    tty,
  })
}

/** What the agent sees of the system. Agents that are started together share the look. */
function systemOf(home: Context['home'], { plan, backend, program }: PreparedSpawn): SandboxPolicy['system'] {
  const system = systemPaths(process.platform, AGENT_USER)
  const { isolates, relocatesPaths } = backend.capabilities
  if (!isolates || !relocatesPaths) return system
  const taken = [
    ...[...plan.readOnly, ...plan.readWrite].map(({ target }) => target),
    ...(program?.readOnly ?? []),
    ...(program?.symlinks ?? []).map(({ path }) => path),
  ]
  const gathered = shortly(home, `system ${taken}`, () => gatherFiles(system, home.systemFiles, taken))
  return structuredClone(gathered)
}
