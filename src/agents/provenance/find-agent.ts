import { UserError } from '../../errors.ts'
import type { Context } from '../context.ts'
import { settle } from '../end/settle.ts'
import { unknownAgent } from '../state/names.ts'
import type { AgentRecord } from '../state/record.ts'
import { lastRecord, recordedAgents } from './ledger.ts'

/** An agent that has run records. */
export interface RecordedAgent {
  id: string
  /** Its state; undefined if it is gone. */
  agent: AgentRecord | undefined
}

/**
 * The agent of that name or id, also one that is gone: then the one that was last called so. Its end is written down
 * first, if nobody has. Throws a {@link UserError} if there is none, or several are gone that had that name.
 */
export async function findRecorded(context: Context, wanted: string): Promise<RecordedAgent> {
  const agent = /^[a-zA-Z0-9-]+$/.test(wanted) ? context.store.read(wanted) : undefined
  if (agent) return { id: agent.id, agent: (await settle(context, agent)) ?? agent }
  const ids = recordedAgents(context.home)
  if (ids.includes(wanted)) {
    const living = context.store.byId(wanted)
    return { id: wanted, agent: living && ((await settle(context, living)) ?? living) }
  }
  const named = ids.filter((id) => lastRecord(context.home, id)?.says.agent.name === wanted)
  if (named.length > 1) {
    throw new UserError(`several agents that are gone were called '${wanted}'`, {
      fix: `name one by its id: ${named.join(', ')}`,
      exitCode: 2,
    })
  }
  const [id] = named
  if (id === undefined) throw unknownAgent(wanted, context.store.names())
  return { id, agent: undefined }
}

/** Whether an agent, there or gone, goes by that name or id. */
export function isRecorded(context: Context, wanted: string): boolean {
  if (!/^[a-zA-Z0-9-]+$/.test(wanted)) return false
  return (
    context.store.read(wanted) !== undefined ||
    recordedAgents(context.home).some(
      (id) => id === wanted || lastRecord(context.home, id)?.says.agent.name === wanted,
    )
  )
}
