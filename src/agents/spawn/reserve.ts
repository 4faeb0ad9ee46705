import { existsSync, lstatSync } from 'node:fs'
import type { SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { insidePaths } from '../../policy/build-policy.ts'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { bootId, ownIdentity } from '../../system/processes.ts'
import { removeTree } from '../../system/remove-tree.ts'
import type { Context } from '../context.ts'
import { elsewhereFact } from '../end/elsewhere.ts'
import { killLocked } from '../end/kill.ts'
import { settleLocked } from '../end/settle.ts'
import { timestamp } from '../events.ts'
import { prepareAgentHome } from '../home/agent-home.ts'
import { writeGitIdentity } from '../home/git-identity.ts'
import { moveOldHomeOut } from '../home/old-home.ts'
import { withItsIdentity } from '../identity/give-identity.ts'
import { earlierIdentity } from '../identity/identity-state.ts'
import { type BoundAgent, boundAgent, type LaunchBounds } from '../limits/bound-agent.ts'
import { type RestartOptions, requireSame, startFresh } from '../restart/restart-step.ts'
import { lastingFacts } from '../state/lasting-facts.ts'
import { isFromBashTool, isRunning, liveness } from '../state/liveness.ts'
import { checkName, newId } from '../state/names.ts'
import { forgetPrevious, keepPrevious } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'
import { saveSecrets } from '../state/secrets.ts'
import { giveBaseline } from './baseline.ts'
import { onInterrupt } from './interrupt.ts'
import { makePolicy } from './make-policy.ts'
import { type AgentPlaces, type PreparedSpawn, prepareSpawn, type SpawnRequest } from './plan.ts'
import { runPostCreateScript } from './post-create.ts'
import { protectHost } from './protection.ts'
import { recoverSpawn } from './recover.ts'
import { seedFacts, seedWorkspace } from './seed.ts'
import { requireHolding } from './self-test.ts'
import { UndoStack } from './undo.ts'
import { runPreSpawn } from './user-hooks.ts'
import { wrapCommand } from './wrap-command.ts'

/** A spawn whose name is taken and whose folders are made; its process isn't started yet. */
export interface ReservedSpawn {
  prepared: PreparedSpawn
  record: AgentRecord
  policy: SandboxPolicy
  wrapped: WrappedCommand
  bounds: LaunchBounds
  /** What keeps the limits, for the policy file. */
  enforcement: BoundAgent['enforcement']
  undo: UndoStack
}

/**
 * Plans a spawn, takes its name, makes its folders and lets `start` start its process. Whatever fails, everything is
 * taken back. While it runs no other agentvm changes the agent; of many racing for a name one wins, the others are
 * refused at once.
 */
export async function bringUp(
  context: Context,
  request: SpawnRequest,
  start: (spawn: ReservedSpawn) => Promise<AgentRecord>,
  restart?: RestartOptions,
): Promise<{ record: AgentRecord; prepared: PreparedSpawn }> {
  checkName(request.name)
  return context.store.exclusively(
    request.name,
    async () => {
      const found = await settleLocked(context, request.name)
      if (restart) requireSame(found, restart)
      else refuseIfRunning(context, found)
      const places = placesOf(context, request.name, found)
      const prepared = await prepareSpawn(context, request, places)
      // Only now: what can't be started again isn't ended.
      const previous = await endIfRunning(context, found, restart)
      const undo = new UndoStack()
      const interrupt = onInterrupt()
      try {
        const reserved = reserve(context, prepared, places, previous, undo)
        if (prepared.seed) await seedWorkspace(context, prepared.seed, reserved)
        const started = restart?.fresh ? startFresh(reserved) : reserved
        const atHome = await prepareAgentHome(context, prepared, started)
        giveGitIdentity(prepared, atHome)
        await runPreSpawn(context, atHome, interrupt.signal)
        await runPostCreateScript(context, prepared.profile, atHome, interrupt.signal)
        interrupt.check()
        const known = await withItsIdentity(context, prepared, atHome)
        const withBaseline = await giveBaseline(
          context,
          known,
          prepared.seed ? undefined : previous,
          interrupt,
        )
        const { record: kept, protect } = protectFiles(context, prepared, withBaseline)
        const { cgroup, launch, enforcement } = await boundAgent(context, kept, prepared)
        const record = { ...kept, cgroup }
        const policy = makePolicy(context, prepared, record, protect)
        const runDir = context.home.runDir(record.id)
        const wrapped = await wrapCommand(prepared.backend, policy, prepared.plan.command, runDir)
        await requireHolding(context, prepared.backend, policy, wrapped)
        const spawn = { prepared, record, policy, wrapped, bounds: launch, enforcement, undo }
        return { record: await start(spawn), prepared }
      } catch (error) {
        for (const failure of await undo.run()) context.warn(`taking the spawn back: ${String(failure)}`)
        throw error
      } finally {
        interrupt.stop()
      }
    },
    0,
  )
}

/** What a spawn of this name would do. Changes nothing. */
export async function planOnly(context: Context, request: SpawnRequest): Promise<PreparedSpawn> {
  checkName(request.name)
  const previous = context.store.read(request.name)
  refuseIfRunning(context, previous)
  return prepareSpawn(context, request, placesOf(context, request.name, previous))
}

async function endIfRunning(
  context: Context,
  record: AgentRecord | undefined,
  restart: RestartOptions | undefined,
): Promise<AgentRecord | undefined> {
  if (!record || !restart || !isRunning(liveness(record, context.home))) return record
  restart.onKill()
  return killLocked(context, record, restart.kill)
}

function refuseIfRunning(context: Context, record: AgentRecord | undefined): void {
  if (!record || !isRunning(liveness(record, context.home))) return
  throw new UserError(`agent '${record.name}' is already running`, {
    fix: `agentvm attach ${record.name}, or agentvm kill ${record.name}`,
  })
}

function placesOf({ home }: Context, name: string, previous: AgentRecord | undefined) {
  const id = previous && !isFromBashTool(previous) ? previous.id : newId()
  return {
    id,
    identity: earlierIdentity(previous),
    workspace: previous?.workspace ?? home.workspace(name),
    home: previous && !isFromBashTool(previous) ? previous.home : home.agentHome(id),
    earlier: previous && { allow: previous.allow, revoked: previous.revoked },
  }
}

/** Takes the name and makes the folders. From the first line on, a crash is taken back by `recoverSpawn`. */
function reserve(
  context: Context,
  { plan, profile, backend, identity, command, tty, wishes, revoked, asked, secrets, seed }: PreparedSpawn,
  places: AgentPlaces,
  previous: AgentRecord | undefined,
  undo: UndoStack,
): AgentRecord {
  const { home, store } = context
  const { name } = plan
  const newWorkspace = !existsSync(places.workspace)
  const record: AgentRecord = {
    id: places.id,
    name,
    workspace: places.workspace,
    workspaceOwned: previous?.workspaceOwned ?? true,
    home: places.home,
    seeded: previous?.seeded ?? [],
    sandbox: backend.id,
    profile: profile?.name,
    command,
    tags: plan.tags,
    createdAt: timestamp(),
    session: tty ? `agentvm-${name}` : '',
    socket: tty ? home.socket(places.id) : '',
    logFile: home.logFile(name),
    promptFile: plan.prompt === undefined ? undefined : home.promptFile(name),
    ...seedFacts(seed, previous),
    gitlawb: identity !== undefined,
    did: previous?.did,
    asked,
    network: plan.network,
    wishes,
    hostExecuted: previous?.hostExecuted,
    placeholders: previous?.placeholders ?? [],
    allow: plan.allow,
    revoked,
    cgroup: [],
    pid: 0,
    pidStart: '',
    bootId: bootId(),
    spawner: ownIdentity(),
    exitCode: undefined,
    endedAt: undefined,
    endReason: undefined,
    extra: {
      ...lastingFacts(previous),
      ...elsewhereFact(backend),
      ...(newWorkspace ? { AGENT_NEW_WORKSPACE: 'true' } : {}),
      ...(seed ? { AGENT_SEEDING: 'true' } : {}),
    },
  }
  // As long as what was there isn't kept as a whole, nothing of it has changed: undoing would take it for ours.
  forgetPrevious(home, record)
  if (previous) keepPrevious(home, record)
  undo.add(() => recoverSpawn(context, record))
  store.save(record)
  removeTree(home.runDir(record.id))
  moveOldHomeOut(context, previous, record)
  makeFolders(context, record)
  if (plan.prompt !== undefined) writeFileAtomic(home.promptFile(name), plan.prompt)
  saveSecrets(home, record.id, secrets)
  return record
}

function makeFolders({ home }: Context, record: AgentRecord): void {
  makePrivateDir(home.workspaces)
  for (const folder of [record.workspace, record.home]) {
    if (existsSync(folder)) {
      if (lstatSync(folder).isDirectory()) continue
      throw new UserError(`${folder} is not a folder`, { fix: 'move it away, then try again' })
    }
    makePrivateDir(folder)
  }
}

/** Keeps the agent from what host programs would run, and remembers that in the record at once: what is made for it must be removed again. */
function protectFiles(
  { store, warn }: Context,
  { plan, backend }: PreparedSpawn,
  record: AgentRecord,
): { record: AgentRecord; protect: string[] } {
  if (!backend.capabilities.isolates) return { record, protect: [] }
  const inside = insidePaths(backend, record)
  const found = protectHost(record, plan, { source: record.workspace, target: inside.workspace })
  if (found.links.length > 0) {
    warn(`${found.links.join(', ')}: a symlink can't be protected, the agent could replace it`)
  }
  const { protect, placeholders, hostExecuted } = found
  const kept = { ...record, placeholders, hostExecuted }
  if (placeholders.length > 0) store.save(kept)
  return { record: kept, protect }
}

function giveGitIdentity({ backend }: PreparedSpawn, record: AgentRecord): void {
  const { relocatesPaths } = backend.capabilities
  // Where paths stay what they are, users do, too: the workspace is the agent's own.
  const trusted = relocatesPaths ? insidePaths(backend, record).workspace : undefined
  writeGitIdentity(record.home, record.name, trusted)
}
