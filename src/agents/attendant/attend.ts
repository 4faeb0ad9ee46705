import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { readSettings } from '../../settings/config-file.ts'
import { entriesOf } from '../../system/files.ts'
import { withLock } from '../../system/lock.ts'
import type { Context } from '../context.ts'
import { MessageQueue } from '../messages/queue.ts'
import { liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { AgentAttendance } from './agent-attendance.ts'
import { ATTENDANT_LOCK, ensureAttendant } from './start.ts'

/** How often to look which agents there are. */
const SWEEP_MS = 1_000

/**
 * Sends what waits for agents once they are idle, and tells the user of agents, until no agent that runs needs either.
 * One process a home does so: a second one returns at once. Who queues a message writes it down before looking whether
 * somebody attends, and this one looks once more after it has let go, so none is missed.
 */
export async function attend(context: Context): Promise<void> {
  while (existsSync(context.home.messages) && attended(context).length > 0) {
    try {
      await withLock(join(context.home.messages, ATTENDANT_LOCK), () => attendWhileNeeded(context), {
        timeoutMs: 0,
      })
    } catch (error) {
      if (error instanceof UserError) return
      throw error
    }
  }
}

/** Starts the attendant if one of these agents needs it. It may have been ended, or have missed a start. */
export function attendIfNeeded(context: Context, records: readonly AgentRecord[]): void {
  if (attended(context, records).length > 0) ensureAttendant(context)
}

async function attendWhileNeeded(context: Context): Promise<void> {
  const attending = new Map<string, AgentAttendance>()
  for (;;) {
    // They may be changed meanwhile.
    context.settings = readSettings(context.home, process.env)
    const records = attended(context)
    for (const [id, one] of attending) {
      if (records.some((record) => one.isOf(record))) continue
      one.stop()
      await one.done
      attending.delete(id)
    }
    if (records.length === 0) return
    for (const record of records) {
      if (!attending.has(record.id)) attending.set(record.id, new AgentAttendance(context, record))
    }
    await sleep(SWEEP_MS)
  }
}

/** The agents that need somebody to attend to them: those that run, if messages wait for them, or the user wants to be told of all. */
function attended(
  context: Context,
  records: readonly AgentRecord[] = context.store.all(() => {}),
): AgentRecord[] {
  // Few agents have messages: one look at the folder of all queues spares most of them one at their own.
  const queues = context.settings.notify === undefined ? new Set(entriesOf(context.home.messages)) : undefined
  return records.filter((record) => (queues?.has(record.id) ?? true) && needsAttention(context, record))
}

function needsAttention({ home, settings }: Context, record: AgentRecord): boolean {
  if (record.session === '' || liveness(record, home) !== 'running') return false
  if (settings.notify !== undefined) return true
  return new MessageQueue(home.messageQueue(record.id)).isWaiting
}
