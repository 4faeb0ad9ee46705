import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDir } from '../../system/files.ts'
import { removeTree } from '../../system/remove-tree.ts'
import { treeBytes } from '../../system/tree-size.ts'
import type { Context } from '../context.ts'
import { timestamp } from '../events.ts'
import { ROTATED } from '../log/rotation.ts'
import { forgetPrevious } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'
import { agentSummary } from '../state/summary.ts'

/** What was moved to the trash. */
export interface Trashed {
  name: string
  id: string
  /** The folder in the trash. */
  trash: string
  /** Size of what lies there. */
  bytes: number
}

/**
 * Moves a dead agent to `trash/<time>-<name>-<id>/`: workspace (if agentvm made it), home, log, prompt and state. The
 * state file goes last and knows where the rest is going, so that after a crash the next `clean` goes on. The caller
 * holds the agent's lock.
 */
export function trashAgent({ home, store }: Context, record: AgentRecord): Trashed {
  const folder =
    record.extra.AGENT_TRASH ??
    join(home.trash, `${timestamp().replaceAll(':', '')}-${record.name}-${record.id}`)
  if (record.extra.AGENT_TRASH === undefined) {
    store.save({ ...record, extra: { ...record.extra, AGENT_TRASH: folder } })
  }
  makePrivateDir(folder)
  writeFileSync(
    join(folder, 'agent.json'),
    `${JSON.stringify({ ...agentSummary(record), trashed_at: timestamp() }, null, 2)}\n`,
    {
      mode: 0o600,
    },
  )
  if (record.workspaceOwned) move(record.workspace, join(folder, 'workspace'))
  move(record.home, join(folder, 'home'))
  move(home.baseline(record.id), join(folder, 'baseline'))
  for (const end of ['', '.1']) move(record.logFile + end, join(folder, `log${end}`))
  for (const end of ['', '.1']) move(home.requestLog(record.id) + end, join(folder, `requests.jsonl${end}`))
  move(`${record.logFile}${ROTATED}`, join(folder, `log${ROTATED}`))
  move(home.promptFile(record.name), join(folder, 'prompt'))
  rmSync(home.secretsFile(record.id), { force: true })
  removeTree(home.messageQueue(record.id))
  forgetPrevious(home, record)
  if (existsSync(home.runDir(record.id))) removeTree(home.runDir(record.id))
  rmSync(home.socket(record.id), { force: true })
  move(home.stateFile(record.name), join(folder, 'state.env'))
  return { name: record.name, id: record.id, trash: folder, bytes: treeBytes(folder) }
}

/** Size of all that {@link trashAgent} would move. */
export function agentBytes({ home }: Context, record: AgentRecord): number {
  const places = [record.home, home.baseline(record.id), record.logFile, home.promptFile(record.name)]
  if (record.workspaceOwned) places.push(record.workspace)
  return places.reduce((sum, place) => sum + treeBytes(place), 0)
}

/** What lies in an agent's workspace that a clean would put away: true if there is anything at all, but for one entry. */
export function hasFiles(workspace: string, but?: string): boolean {
  try {
    return readdirSync(workspace).some((entry) => entry !== but)
  } catch {
    return false
  }
}

function move(from: string, to: string): void {
  if (existsSync(from) && !existsSync(to)) renameSync(from, to)
}
