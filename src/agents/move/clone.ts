import { copyFileSync, existsSync, lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import { removePlaceholders } from '../../policy/protect/placeholders.ts'
import { makePrivateDir } from '../../system/files.ts'
import { bootId, ownIdentity } from '../../system/processes.ts'
import { type CopyOptions, copyTree } from '../../workspace/copy-tree.ts'
import { copyFolder } from '../../workspace/seed/copy-folder.ts'
import type { Context } from '../context.ts'
import { settleLocked } from '../end/settle.ts'
import { settledAgent } from '../end/settled-agent.ts'
import { recordEvent, timestamp } from '../events.ts'
import { renameGitIdentity } from '../home/git-identity.ts'
import { factsOfClone } from '../provenance/record-keys.ts'
import { onInterrupt } from '../spawn/interrupt.ts'
import { recoverSpawn } from '../spawn/recover.ts'
import { copied } from '../spawn/seed.ts'
import { lastingFacts } from '../state/lasting-facts.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import { checkName, newId } from '../state/names.ts'
import type { AgentRecord } from '../state/record.ts'
import { refuseTaken } from '../state/taken.ts'

/** What of an agent's home is who it is: a clone gets its own. */
const IDENTITY = ['.gitlawb', '.gitconfig-identity']

/**
 * Copies an agent: workspace, home, prompt, and all that a restart repeats. The clone is dead until it is started, has
 * an id and a git identity of its own, and gets its own DID at its first start. The original may run meanwhile: what is
 * there is copied. Whatever fails, or is interrupted, nothing is left.
 */
export async function cloneAgent(context: Context, from: string, to: string): Promise<AgentRecord> {
  checkName(to)
  const source = await settledAgent(context, from)
  if (liveness(source, context.home) === 'starting') {
    throw new UserError(`agent '${from}' is being started right now`, { fix: 'try again in a moment' })
  }
  const interrupt = onInterrupt()
  try {
    return await context.store.exclusively(
      to,
      async () => {
        refuseTaken(context, to, await settleLocked(context, to))
        const clone = recordOfClone(context, source, to)
        try {
          context.store.save(clone)
          await copyAgent(context, source, clone, (count) => {
            interrupt.check()
            context.progress(copied(count))
          })
          interrupt.check()
          requireUnchanged(context, source)
        } catch (error) {
          await recoverSpawn(context, clone)
          throw error
        } finally {
          context.progress('')
        }
        const made: AgentRecord = { ...clone, spawner: '', extra: lastingFacts(clone) }
        context.store.save(made)
        recordEvent(context.home, 'clone', made, { from: source.name })
        return made
      },
      0,
    )
  } finally {
    interrupt.stop()
  }
}

/** The clone's record while it is made: one that an agentvm is bringing up, which a crash takes back whole. */
function recordOfClone({ home }: Context, source: AgentRecord, name: string): AgentRecord {
  const id = newId()
  return {
    ...source,
    ...{ id, name, workspace: home.workspace(name), workspaceOwned: true, home: home.agentHome(id) },
    createdAt: timestamp(),
    ...{ session: `agentvm-${name}`, socket: home.socket(id), logFile: home.logFile(name) },
    promptFile: source.promptFile === undefined ? undefined : home.promptFile(name),
    did: undefined,
    placeholders: [],
    ...{ pid: 0, pidStart: '', bootId: bootId(), spawner: ownIdentity() },
    ...{ exitCode: undefined, endedAt: undefined, endReason: undefined },
    extra: { ...factsOfClone(lastingFacts(source), source), AGENT_NEW_WORKSPACE: 'true' },
  }
}

async function copyAgent(
  context: Context,
  source: AgentRecord,
  clone: AgentRecord,
  onProgress: NonNullable<CopyOptions['onProgress']>,
): Promise<void> {
  const { home } = context
  const options = { onProgress, live: isRunning(liveness(source, home)) }
  for (const folder of [home.workspaces, home.homes]) makePrivateDir(folder)
  if (source.workspaceOwned) {
    // Where the bash tool keeps an agent's home.
    const inside = relative(source.workspace, source.home)
    const workspace = ofAgent(source.workspace)
    await copyTree(workspace, clone.workspace, { ...options, skip: (path) => path === inside })
  } else {
    for (const note of (await copyFolder(source.workspace, clone.workspace, options)).notes)
      context.note(note)
  }
  // What keeps the original from making it isn't its work.
  removePlaceholders(
    source.placeholders.flatMap((made) =>
      made.root === source.workspace ? { ...made, root: clone.workspace } : [],
    ),
  )
  await copyTree(ofAgent(source.home), clone.home, { ...options, skip: (path) => IDENTITY.includes(path) })
  renameGitIdentity(clone.home, source.name, clone.name)
  copyIfExists(source.promptFile, home.promptFile(clone.name))
  copyIfExists(home.secretsFile(source.id), home.secretsFile(clone.id))
  const baseline = home.baseline(source.id)
  if (existsSync(baseline)) await copyTree(ofAgent(baseline), home.baseline(clone.id))
}

/** A folder of an agent's, links before it resolved. Throws a {@link UserError} if it is a link itself, or not there. */
function ofAgent(folder: string): string {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${folder} is not a folder`, { fix: 'put it back where it was, then try again' })
  }
  return join(realpathSync(dirname(folder)), basename(folder))
}

function copyIfExists(from: string | undefined, to: string): void {
  if (from === undefined || !existsSync(from)) return
  makePrivateDir(dirname(to))
  copyFileSync(from, to)
}

/** The original isn't locked for the time that a copy takes: nobody could even end it. */
function requireUnchanged({ store }: Context, source: AgentRecord): void {
  const now = store.read(source.name)
  if (now?.id === source.id && now.workspace === source.workspace && now.extra.AGENT_TRASH === undefined)
    return
  throw new UserError(`agent '${source.name}' was renamed or removed while it was copied`, {
    fix: "'agentvm list' shows those that there are",
  })
}
