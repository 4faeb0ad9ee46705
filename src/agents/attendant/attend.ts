import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
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
 * Sends what waits for agents once they are idle, until nothing waits for one that runs. One process a home does so: a
 * second one returns at once. Who queues a message writes it down before looking whether somebody attends, and this one
 * looks once more after it has let go, so none is missed.
 */
export async function attend(context: Context): Promise<void> {
  while (attended(context).length > 0 && existsSync(context.home.messages)) {
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

async function attendWhileNeeded(context: Context): Promise<void> {
  const attending = new Map<string, AgentAttendance>()
  try {
    for (;;) {
      const records = attended(context)
      for (const record of records) {
        const known = attending.get(record.id)
        if (known?.isOf(record)) continue
        known?.stop()
        attending.set(record.id, new AgentAttendance(context, record, () => {}))
      }
      for (const [id, one] of attending) {
        if (records.some((record) => record.id === id)) continue
        one.stop()
        attending.delete(id)
      }
      if (records.length === 0) return
      await sleep(SWEEP_MS)
    }
  } finally {
    for (const one of attending.values()) one.stop()
  }
}

/** The agents that need somebody to attend to them: those that run, and have messages waiting. */
function attended(
  context: Context,
  records: readonly AgentRecord[] = context.store.all(() => {}),
): AgentRecord[] {
  return records
    .filter((record) => liveness(record, context.home) === 'running')
    .filter((record) => needsAttention(context, record))
}

/** Whether something waits for an agent that only an attendant sees to. */
function needsAttention({ home }: Context, record: AgentRecord): boolean {
  return new MessageQueue(home.messageQueue(record.id)).list().some(({ state }) => state === 'queued')
}

/** Starts the attendant if one of these agents needs it. It may have been ended, or have missed a start. */
export function attendIfNeeded(context: Context, records: readonly AgentRecord[]): void {
  if (attended(context, records).length > 0) ensureAttendant(context)
}
