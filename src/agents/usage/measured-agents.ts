import type { SandboxBackend, SandboxHandle } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { withUsersProcess } from '../attach/users-session.ts'
import type { Context } from '../context.ts'
import { isFromBashTool, type SeenAgent } from '../state/liveness.ts'
import type { MeasuredAgent } from './usage-meter.ts'

/** What a meter needs to know of those of these agents that run. Asks the backends that run processes elsewhere for their figures. */
export async function measuredAgents(
  context: Context,
  agents: readonly SeenAgent[],
): Promise<MeasuredAgent[]> {
  const running = agents
    .filter(({ record, state }) => state === 'running' && record.pid > 0)
    .map(({ record }) => (isFromBashTool(record) ? withUsersProcess(record) : record))
  const ids = [...new Set(running.map(({ sandbox }) => sandbox))]
  const backends = new Map(
    await Promise.all(ids.map(async (id) => [id, await findBackend(context, id)] as const)),
  )
  return Promise.all(
    running.map(async ({ id, pid, pidStart, sandbox }) => {
      const backend = backends.get(sandbox)
      const elsewhere = await statsElsewhere(backend, { agentId: id, pid })
      const mayDetach = backend?.capabilities.processes !== 'contained'
      return { id, pid, pidStart, mayDetach, ...(elsewhere && { elsewhere }) }
    }),
  )
}

/** What a backend says of an agent that it runs elsewhere; undefined if it says nothing, or fails. */
async function statsElsewhere(backend: SandboxBackend | undefined, handle: SandboxHandle) {
  try {
    return await backend?.stats?.(handle)
  } catch {
    return undefined
  }
}

/** Backends whose absence has been said: they are looked for at every measurement. */
const said = new Set<string>()

/** A backend, or undefined if its plugin is gone or broken: that is said, and its agents are measured all the same. */
async function findBackend({ extensions, warn }: Context, id: string): Promise<SandboxBackend | undefined> {
  try {
    return await extensions.sandbox(id)
  } catch (error) {
    if (error instanceof UserError && !said.has(id)) warn(error.message)
    said.add(id)
    return undefined
  }
}
