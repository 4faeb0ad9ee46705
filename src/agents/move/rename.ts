import { join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import { requireSameTmux } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { whenSandboxIsUp } from '../end/end-processes.ts'
import { settle, settleLocked } from '../end/settle.ts'
import { isFromBashTool, isRunning, liveness } from '../state/liveness.ts'
import { checkName, unknownAgent } from '../state/names.ts'
import type { AgentRecord } from '../state/record.ts'
import { refuseTaken } from '../state/taken.ts'
import { finishRename } from './finish-rename.ts'

/**
 * Gives an agent another name: workspace (if agentvm made it), log, prompt, tmux session and git identity follow, what
 * goes by its id stays. A running one lives on where its sandbox bears that. A crash on the way is completed, or
 * taken back, by the next command. Throws a {@link UserError}.
 */
export async function renameAgent(context: Context, from: string, to: string): Promise<AgentRecord> {
  checkName(to)
  const known = context.store.get(from)
  if (from === to) throw new UserError(`agent '${from}' is called so already`, { exitCode: 2 })
  // A rename that died is finished first: with both names locked it couldn't be.
  for (const record of [known, context.store.read(to)]) if (record) await settle(context, record)
  return context.store.exclusivelyBoth(from, to, async () => {
    const record = await settleLocked(context, from)
    if (!record) throw unknownAgent(from, context.store.names())
    refuseTaken(context, to, await settleLocked(context, to))
    await prepareMove(context, record)
    // Announced first: from the new state file on it is completed, before it there is nothing to take back.
    context.store.save({ ...record, extra: { ...record.extra, AGENT_RENAME_TO: to } })
    const renamed = renamedRecord(context, record, to)
    if (!context.store.create(renamed)) throw new UserError(`there is an agent '${to}' already`)
    return finishRename(context, renamed)
  })
}

/**
 * Lets the sandbox of an agent that was only just started find its workspace before that moves. Throws a
 * {@link UserError} if a running agent's sandbox holds the workspace by its path, or its session can't get a new name.
 */
async function prepareMove(context: Context, record: AgentRecord): Promise<void> {
  if (!isRunning(liveness(record, context.home))) return
  if (record.session !== '') await requireSameTmux(record)
  if (!movesWorkspace(context, record)) return
  const backend = await context.extensions.sandbox(record.sandbox)
  if (backend.capabilities.relocatable)
    return backend.capabilities.isolates ? whenSandboxIsUp(record) : undefined
  throw new UserError(
    `agent '${record.name}' is running in ${backend.label}, which can't follow a workspace that moves`,
    { fix: `agentvm kill ${record.name}, then rename and restart it` },
  )
}

function movesWorkspace({ home }: Context, record: AgentRecord): boolean {
  return record.workspaceOwned && record.workspace === home.workspace(record.name)
}

function renamedRecord(context: Context, record: AgentRecord, name: string): AgentRecord {
  const { home } = context
  const workspace = movesWorkspace(context, record) ? home.workspace(name) : record.workspace
  const moved = (root: string) => (root === record.workspace ? workspace : root)
  return {
    ...record,
    name,
    workspace,
    // The bash tool keeps it in the workspace.
    home: isFromBashTool(record) ? join(workspace, relative(record.workspace, record.home)) : record.home,
    placeholders: record.placeholders.map((made) => ({ ...made, root: moved(made.root) })),
    session: record.session === '' ? '' : `agentvm-${name}`,
    logFile: home.logFile(name),
    promptFile:
      record.promptFile === home.promptFile(record.name) ? home.promptFile(name) : record.promptFile,
    extra: { ...record.extra, AGENT_RENAMED_FROM: record.name },
  }
}
