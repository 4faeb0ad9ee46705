import { UserError } from '../../errors.ts'
import { removePlaceholders } from '../../policy/protect/placeholders.ts'
import { debug } from '../../system/debug.ts'
import { systemError } from '../../system/system-error.ts'
import type { Context } from '../context.ts'
import { journalExit, recordEvent, timestamp } from '../events.ts'
import { isKeyChanging } from '../identity/identity-state.ts'
import { endCgroup } from '../limits/end-cgroup.ts'
import { finishMove, isMoving } from '../move/finish-move.ts'
import { markIfWentDown } from '../restart/went-down.ts'
import { plantedPaths } from '../spawn/protection.ts'
import { recoverSpawn } from '../spawn/recover.ts'
import { type ExitRecord, readExit, wasKilled, wasLetGo } from '../spawn/run-files.ts'
import { type Liveness, liveness } from '../state/liveness.ts'
import { hasPrevious } from '../state/previous.ts'
import type { AgentRecord, EndReason } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import { reapElsewhere } from './elsewhere.ts'
import { killLeftovers } from './end-processes.ts'
import { withFoundLauncher } from './found-launcher.ts'

/**
 * Brings an agent's record in line with the world: writes down how it ended if nobody has, and takes back a spawn
 * whose agentvm died half-way. Returns the record as it is now, or undefined if nothing of the agent is left. Where
 * another command is changing it for longer than `patienceMs`, that one is left to it. `state`: how it was seen.
 */
export async function settle(
  context: Context,
  record: AgentRecord,
  patienceMs = 0,
  state: Liveness = liveness(record, context.home),
): Promise<AgentRecord | undefined> {
  if (state !== 'unrecorded' && state !== 'unfinished' && !isMoving(record) && !isKeyChanging(record))
    return record
  try {
    return await context.store.exclusively(record.name, () => settleLocked(context, record.name), patienceMs)
  } catch (error) {
    // Another command is changing it: that one will see to it, or the next look does.
    if (error instanceof UserError) return context.store.read(record.name)
    return unsettled(context, record.name, error as Error)
  }
}

/**
 * The record, as it should be, of an agent that the disk keeps from being brought in line with the world. That keeps nobody
 * from looking at agents or from ending them: a later look writes it down. Throws any other error.
 */
export async function unsettled(
  context: Context,
  name: string,
  error: Error,
): Promise<AgentRecord | undefined> {
  const problem = systemError(error)
  if (!problem) throw error
  const record = context.store.read(name)
  if (!record || !isOver(context, record, liveness(record, context.home))) {
    context.warn(`what became of agent '${name}' can't be written down yet: ${problem.what}`)
    return record
  }
  const runDir = context.home.runDir(record.id)
  const { exit, found } = await whatBecameOf(record, runDir)
  if (found) {
    context.warn(
      `agent '${name}' runs: its state file names another process, and can't be mended yet: ${problem.what}`,
    )
    return found
  }
  context.warn(`how agent '${name}' ended can't be written down yet: ${problem.what}`)
  return { ...record, ...endOf(runDir, exit) }
}

/** How the agent of a run folder has ended, of which its launcher has recorded `exit`. */
function endOf(
  runDir: string,
  exit: ExitRecord | undefined,
): Pick<AgentRecord, 'exitCode' | 'endedAt'> & { endReason: EndReason } {
  return {
    exitCode: exit?.code,
    endedAt: exit?.at ?? timestamp(),
    endReason: wasKilled(runDir) ? 'killed' : (exit?.reason ?? 'lost'),
  }
}

/** {@link settle} for all agents: nothing that has ended is missing after. */
export async function settleAll(context: Context): Promise<void> {
  for (const record of context.store.all()) await settle(context, record)
}

/** {@link settle} for a caller that holds the agent's lock. */
export async function settleLocked(context: Context, name: string): Promise<AgentRecord | undefined> {
  const found = context.store.read(name)
  const moved = found && isMoving(found) ? await finishMove(context, found) : found
  return moved && settleFound(context, moved)
}

/** {@link settleLocked} of an agent that isn't being moved, for a caller that knows its record as it is. */
export async function settleFound(context: Context, moved: AgentRecord): Promise<AgentRecord | undefined> {
  const record = isKeyChanging(moved) ? await finishKeyChange(context, moved) : moved
  const state = liveness(record, context.home)
  debug('state', () => `${record.name} (${record.id}) is ${state}`)
  if (isOver(context, record, state)) return recordEnd(context, record)
  if (state !== 'unfinished') return record
  await recoverSpawn(context, record)
  recordEvent(context.home, 'lost', record, { reason: 'unfinished' })
  return context.store.read(record.name)
}

/** Whether an agent in that state has run, and doesn't any more as far as its record says. */
function isOver(context: Context, record: AgentRecord, state: Liveness): boolean {
  return state === 'unrecorded' || (state === 'unfinished' && hasRun(context, record))
}

/** Whether a record that says that its agent is being brought up is wrong, as only a damaged file can be: its work must not be taken back. */
function hasRun({ home }: Context, { id, name, extra }: AgentRecord): boolean {
  return extra.AGENT_THROWAWAY !== 'true' && !hasPrevious(home, name) && wasLetGo(home.runDir(id))
}

async function finishKeyChange(context: Context, record: AgentRecord): Promise<AgentRecord> {
  // Loaded here: it is hardly ever needed.
  const { finishKeyChange } = await import('../identity/finish-key-change.ts')
  return finishKeyChange(context, record)
}

/** What its launcher has recorded of the end of an agent; else the record with the launcher that runs after all, if one does. */
async function whatBecameOf(
  record: AgentRecord,
  runDir: string,
): Promise<{ exit: ExitRecord | undefined; found: AgentRecord | undefined }> {
  const exit = readExit(runDir)
  return { exit, found: exit ? undefined : await withFoundLauncher(record, runDir) }
}

async function recordEnd(context: Context, record: AgentRecord): Promise<AgentRecord> {
  const runDir = context.home.runDir(record.id)
  const { exit, found } = await whatBecameOf(record, runDir)
  if (found) {
    await context.store.saveAlongside(found)
    context.warn(`agent '${record.name}' runs: its state file named another process, and is mended`)
    return found
  }
  const end = endOf(runDir, exit)
  if (!exit) await reapElsewhere(context, record)
  // Where the launcher died while its sandbox was coming up, the sandbox may have missed it.
  if (!exit && (await killLeftovers(record)).length > 0) {
    context.warn(`agent '${record.name}' is gone, but some of its processes don't end`)
  }
  if (!(await endCgroup(record.cgroup))) {
    context.warn(`agent '${record.name}' has ended, but processes in its control group don't`)
  }
  removePlaceholders(record.placeholders)
  // Loaded here: most looks at agents find none that has just ended.
  const { recordRunEnd } = await import('../provenance/record-run.ts')
  const ended = await recordRunEnd(context, {
    ...record,
    placeholders: [],
    cgroup: [],
    ...end,
    extra: end.endReason === 'killed' ? record.extra : markIfWentDown(record, exit),
  })
  await context.store.saveAlongside(ended)
  recordEnding(context, ended)
  const planted = plantedPaths(ended)
  if (planted.length > 0) recordEvent(context.home, 'planted', ended, { paths: planted.join(' ') })
  await context.extensions.notify('agentvm:exit', {
    agent: agentSummary(ended),
    exitCode: ended.exitCode ?? null,
    reason: end.endReason,
  })
  return ended
}

/** Each end is one line: who was killed didn't exit besides. The launcher of a pane has told `events.jsonl` of an exit itself. */
function recordEnding({ home }: Context, ended: AgentRecord): void {
  if (ended.endReason === 'killed') recordEvent(home, 'kill', ended)
  else if (ended.endReason === 'lost') recordEvent(home, 'lost', ended)
  else if (ended.session !== '') journalExit(home, ended)
  else recordEvent(home, 'exit', ended)
}
