import type { SandboxBackend } from '@agentvm/sdk'
import type { Context } from '../context.ts'
import type { AgentRecord } from '../state/record.ts'

/** Key of the state file of an agent whose backend runs processes that aren't children of the launcher. */
const ELSEWHERE = 'AGENT_ELSEWHERE'

/** What the state file keeps of that: to end other agents, no backend need be loaded. */
export function elsewhereFact({ stop, reap }: SandboxBackend): Record<string, string> {
  return stop || reap ? { [ELSEWHERE]: 'true' } : {}
}

/** Lets the backend end what of an agent isn't a child of its launcher. A failure is said. */
export async function stopElsewhere(context: Context, record: AgentRecord): Promise<void> {
  await ask(context, record, (backend) => backend.stop?.({ agentId: record.id, pid: record.pid }))
}

/** Lets the backend remove what an agent that vanished left outside of our home. A failure is said. */
export async function reapElsewhere(context: Context, record: AgentRecord): Promise<void> {
  await ask(context, record, (backend) => backend.reap?.(record.id))
}

async function ask(
  context: Context,
  record: AgentRecord,
  end: (backend: SandboxBackend) => Promise<void> | undefined,
): Promise<void> {
  if (record.extra[ELSEWHERE] !== 'true') return
  try {
    await end(await context.extensions.sandbox(record.sandbox))
  } catch (error) {
    context.warn(
      `agent '${record.name}': its sandbox ${record.sandbox} could not be cleared: ${(error as Error).message}`,
    )
  }
}
