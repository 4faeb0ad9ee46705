import { UserError } from '../../errors.ts'
import { countClients } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import { stopIdleProxy } from '../network/serve-agents.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import { sweepHome } from '../state/sweep.ts'
import { emptyTrash, expiredEntries } from '../trash/empty.ts'
import type { TrashEntry } from '../trash/entries.ts'
import { agentBytes, type Trashed, trashAgent } from '../trash/put-away.ts'
import { killLocked } from './kill.ts'
import { settleLocked } from './settle.ts'
import { unsavedWork } from './unsaved-work.ts'

/** What `clean` did, or would do. */
export interface CleanOutcome {
  /** `trash` is empty where nothing was done. */
  cleaned: Trashed[]
  /** Agents that stay, and why. */
  kept: { name: string; reason: string }[]
  /** What lay in the trash for longer than it is kept: gone for good. */
  expired: TrashEntry[]
}

/** How to clean. */
export interface CleanOptions {
  /** Only these agents; empty for all dead ones. */
  names: readonly string[]
  /** Also agents with work that lies nowhere else, or whose terminal somebody looks at. */
  force: boolean
  /** Change nothing. */
  dryRun: boolean
}

/**
 * Moves dead agents to the trash, and removes from there what has been there for longer than the retention. One whose
 * workspace holds work that lies nowhere else, or that somebody is attached to, is kept and named, unless forced.
 * Throws a {@link UserError} for a name that no agent has.
 */
export async function cleanAgents(
  context: Context,
  { names, force, dryRun }: CleanOptions,
): Promise<CleanOutcome> {
  const chosen = names.map((name) => context.store.get(name).name)
  const outcome: CleanOutcome = { cleaned: [], kept: [], expired: [] }
  for (const name of chosen.length > 0 ? chosen : context.store.names()) {
    const clean = async () => {
      const record = await settleLocked(context, name)
      if (!record) return
      if (isRunning(liveness(record, context.home))) {
        if (names.length > 0) outcome.kept.push({ name, reason: `it is running: agentvm kill ${name}` })
        return
      }
      const reason = force ? undefined : await reasonToKeep(context, record)
      if (reason) outcome.kept.push({ name, reason })
      else
        outcome.cleaned.push(dryRun ? wouldClean(context, record) : await putAway(context, record, 'clean'))
    }
    await context.store.exclusively(name, clean).catch((error: unknown) => {
      // One that is being changed, or whose state file is damaged, must not keep the others.
      if (!(error instanceof UserError) || names.length > 0) throw error
      outcome.kept.push({ name, reason: error.what })
    })
  }
  if (names.length > 0) return outcome
  outcome.expired = expiredEntries(context)
  if (!dryRun) {
    await emptyTrash(context, outcome.expired)
    sweepHome(context.home)
  }
  return outcome
}

/** Ends all agents and moves them to the trash. */
export async function purgeAgents(context: Context): Promise<Trashed[]> {
  const graceMs = context.settings.killGrace * 1000
  const purged = await Promise.all(
    context.store.names().map((name) => {
      const purge = async () => {
        let record = await settleLocked(context, name)
        if (!record) return []
        if (isRunning(liveness(record, context.home))) {
          record = await killLocked(context, record, { signal: 'SIGTERM', graceMs })
        }
        return [await putAway(context, record, 'purge')]
      }
      return context.store.exclusively(name, purge).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error
        context.warn(`${name} stays: ${error.what}`)
        return []
      })
    }),
  )
  await stopIdleProxy(context)
  sweepHome(context.home)
  return purged.flat()
}

async function reasonToKeep(context: Context, record: AgentRecord): Promise<string | undefined> {
  if (record.session !== '' && (await countClients(record)) > 0) return 'somebody is attached to it'
  return unsavedWork(context, record)
}

function wouldClean(context: Context, record: AgentRecord): Trashed {
  return { name: record.name, id: record.id, trash: '', bytes: agentBytes(context, record) }
}

async function putAway(context: Context, record: AgentRecord, event: 'clean' | 'purge'): Promise<Trashed> {
  const trashed = trashAgent(context, record)
  recordEvent(context.home, event, record)
  await context.extensions.notify('agentvm:clean', { agent: agentSummary(record) })
  return trashed
}
