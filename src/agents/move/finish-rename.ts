import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readIfExists, writeFileAtomic } from '../../system/files.ts'
import { renameSession } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import { renameGitIdentity } from '../home/git-identity.ts'
import { adoptIdentity } from '../identity/give-identity.ts'
import { RUN_FILES } from '../spawn/run-files.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'
import { moveIfThere, moveLog } from './move-file.ts'

/**
 * Carries out a rename whose new state file (`renamed`, which says from what) is there already: from then on it is
 * only completed, never taken back. Bears being run twice. The caller holds the locks of both names.
 */
export async function finishRename(context: Context, renamed: AgentRecord): Promise<AgentRecord> {
  const { home, store } = context
  const { AGENT_RENAMED_FROM: from = renamed.name, ...extra } = renamed.extra
  if (renamed.workspaceOwned && renamed.workspace === home.workspace(renamed.name)) {
    moveIfThere(home.workspace(from), renamed.workspace)
  }
  if (renamed.promptFile === home.promptFile(renamed.name)) {
    moveIfThere(home.promptFile(from), renamed.promptFile)
  }
  moveLog(`${home.logFile(from)}.1`, `${renamed.logFile}.1`)
  moveLog(home.logFile(from), renamed.logFile)
  await renameRunning(context, renamed, from)
  // What was written under the old name until its writer knew the new one.
  moveLog(home.logFile(from), renamed.logFile)
  renameGitIdentity(renamed.home, from, renamed.name)
  if (store.read(from)?.id === renamed.id) store.remove(from)
  const done = { ...renamed, extra }
  store.save(done)
  await adoptIdentity(context, done)
  recordEvent(home, 'rename', done, { from })
  await context.extensions.notify('agentvm:rename', { agent: agentSummary(done), from })
  return done
}

/** Tells those that live with the agent: its launcher and log pipe by a file, its tmux server by a command. */
async function renameRunning(context: Context, renamed: AgentRecord, from: string): Promise<void> {
  const runDir = context.home.runDir(renamed.id)
  if (existsSync(runDir)) {
    writeFileAtomic(join(runDir, RUN_FILES.name), `${renamed.name}\n`)
    movePolicy(join(runDir, RUN_FILES.policy), renamed.workspace)
  }
  if (
    renamed.session === '' ||
    !isRunning(liveness({ ...renamed, session: `agentvm-${from}` }, context.home))
  )
    return
  await renameSession({ socket: renamed.socket, session: `agentvm-${from}` }, renamed.session).catch(
    // Nobody reaches it any more, under any name: the rest of the rename must not wait for that.
    (error: unknown) => context.warn((error as Error).message),
  )
}

/** The policy on record says where the workspace lies. */
function movePolicy(path: string, workspace: string): void {
  const text = readIfExists(path)
  if (text === undefined) return
  try {
    const policy = JSON.parse(text)
    policy.workspace.source = workspace
    writeFileAtomic(path, `${JSON.stringify(policy, null, 2)}\n`)
  } catch {
    // Damaged: 'info' shows none then.
  }
}
