import type { Context } from './context.ts'
import { recordEvent } from './events.ts'
import { killLocked } from './kill.ts'
import { isRunning, liveness } from './liveness.ts'
import { stopIdleProxy } from './network/serve-agents.ts'
import { settleLocked } from './settle.ts'
import { agentSummary } from './summary.ts'
import { type Trashed, trashAgent } from './trash.ts'
import { unsavedWork } from './unsaved-work.ts'

/** What `clean` did, or would do. */
export interface CleanOutcome {
  cleaned: Trashed[]
  /** Dead agents that stay, and what would be lost. */
  kept: { name: string; reason: string }[]
}

/** How to clean. */
export interface CleanOptions {
  /** Also agents with work that lies nowhere else. */
  force: boolean
  /** Change nothing. */
  dryRun: boolean
}

/** Moves dead agents to the trash. One whose workspace holds work that lies nowhere else is kept and named, unless forced. */
export async function cleanAgents(context: Context, { force, dryRun }: CleanOptions): Promise<CleanOutcome> {
  const outcome: CleanOutcome = { cleaned: [], kept: [] }
  for (const name of context.store.names()) {
    await context.store.exclusively(name, async () => {
      const record = await settleLocked(context, name)
      if (!record || isRunning(liveness(record, context.home))) return
      const work = force ? undefined : await unsavedWork(context, record)
      if (work) outcome.kept.push({ name, reason: work })
      else if (dryRun) outcome.cleaned.push({ name, id: record.id, trash: '', bytes: 0 })
      else {
        outcome.cleaned.push(trashAgent(context, record))
        recordEvent(context.home, 'clean', record)
        await context.extensions.notify('agentvm:clean', { agent: agentSummary(record) })
      }
    })
  }
  return outcome
}

/** Ends all agents and moves them to the trash. */
export async function purgeAgents(context: Context): Promise<Trashed[]> {
  const graceMs = context.settings.killGrace * 1000
  const purged = await Promise.all(
    context.store.names().map((name) =>
      context.store.exclusively(name, async () => {
        let record = await settleLocked(context, name)
        if (!record) return []
        if (isRunning(liveness(record, context.home))) {
          record = await killLocked(context, record, { signal: 'SIGTERM', graceMs })
        }
        const trashed = trashAgent(context, record)
        recordEvent(context.home, 'purge', record)
        await context.extensions.notify('agentvm:clean', { agent: agentSummary(record) })
        return [trashed]
      }),
    ),
  )
  await stopIdleProxy(context)
  return purged.flat()
}
