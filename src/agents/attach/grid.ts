import { dirname, join } from 'node:path'
import { UserError } from '../../errors.ts'
import { makePrivateDir, writeFileAtomic } from '../../system/files.ts'
import { openGrid, showGrid } from '../../tmux/grid.ts'
import { gridConfig } from '../../tmux/grid-config.ts'
import { requireSameTmux } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { forEachAgent } from '../each.ts'
import { listAgents } from '../report/view.ts'
import { makeSocketFolder } from '../spawn/socket-folder.ts'
import type { AgentRecord } from '../state/record.ts'
import { keyForPeople } from './attach.ts'

/** Where the grid's files are in `run/`: no agent's id, those have eight characters. */
const GRID = 'grid'

/**
 * Shows the terminals of all agents that run, one a window, until the user leaves. A grid that is open already, in
 * another terminal, gets the windows that it lacks. Returns tmux's exit code.
 */
export async function showAgentGrid(
  context: Context,
  selection: { tags: Record<string, string> },
): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UserError('grid needs a terminal', { fix: 'agentvm list shows what runs' })
  }
  const rows = await listAgents(context, { ...selection, status: 'running' })
  const records = rows.flatMap(({ name, session }) =>
    session === null ? [] : (context.store.read(name) ?? []),
  )
  const reached = await forEachAgent(
    records.map(({ name }) => name),
    async (_, index) => {
      const { id, name, session, socket } = records[index] as AgentRecord
      await requireSameTmux({ session, socket })
      return { id, name, session, socket }
    },
  )
  const windows = reached.flatMap((outcome) => (outcome.ok ? outcome.value : []))
  for (const outcome of reached) {
    if (outcome.ok) continue
    if (windows.length === 0) throw outcome.error
    context.warn(outcome.error.message)
  }
  if (windows.length === 0) {
    throw new UserError('no agent that runs has a terminal to show', {
      fix: "'agentvm list' shows all agents",
    })
  }
  const folder = context.home.runDir(GRID)
  const socket = context.home.socket(GRID)
  makePrivateDir(folder)
  if (dirname(socket) !== folder) makeSocketFolder(socket)
  const { detachKey } = context.settings
  const config = join(folder, 'tmux.conf')
  writeFileAtomic(
    config,
    gridConfig({ prefix: detachKey, terminal: 'tmux-256color', keyName: keyForPeople(detachKey) }),
  )
  await openGrid(socket, { config, windows })
  return showGrid(socket)
}
