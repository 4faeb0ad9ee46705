import { processStart } from '../../system/processes.ts'
import { usersSessions } from '../../tmux/default-server.ts'
import { endUsersSession } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { recordEvent, timestamp } from '../events.ts'
import type { AgentRecord } from '../state/record.ts'

/** A bash tool's agent with the process that its session on the user's server runs now. */
export function withUsersProcess(record: AgentRecord): AgentRecord {
  const pid = usersSessions().get(record.session)?.pid ?? record.pid
  return { ...record, pid, pidStart: processStart(pid) ?? '' }
}

/** Ends the session of a bash tool's agent whose processes are gone, and writes down that it was killed: it has no launcher that would. */
export async function closeUsersSession(context: Context, record: AgentRecord): Promise<AgentRecord> {
  await endUsersSession(record.session)
  const ended: AgentRecord = { ...record, endedAt: timestamp(), endReason: 'killed' }
  context.store.save(ended)
  recordEvent(context.home, 'kill', ended)
  return ended
}
