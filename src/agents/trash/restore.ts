import { existsSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { UserError } from '../../errors.ts'
import { readIfExists } from '../../system/files.ts'
import { nearest } from '../../system/nearest.ts'
import type { Context } from '../context.ts'
import { settleLocked } from '../end/settle.ts'
import { settledAgent } from '../end/settled-agent.ts'
import { finishRestore } from '../move/finish-restore.ts'
import { lastingFacts } from '../state/lasting-facts.ts'
import { isFromBashTool } from '../state/liveness.ts'
import { checkName, newId } from '../state/names.ts'
import type { AgentRecord } from '../state/record.ts'
import { decodeRecord } from '../state/record-codec.ts'
import { parseState } from '../state/state-file.ts'
import { refuseTaken } from '../state/taken.ts'
import { withTrash } from './empty.ts'
import { type TrashEntry, trashEntries } from './entries.ts'

/**
 * Brings an agent back from the trash, dead, with all that was put away of it. A crash on the way is completed by the
 * next command that asks for the agent. Throws a {@link UserError} if the trash doesn't hold it, holds several, or its name is taken.
 */
export async function restoreAgent(
  context: Context,
  wanted: string,
  as: string | undefined,
): Promise<AgentRecord> {
  const begun = context.store
    .all()
    .find(
      ({ id, name, extra: { AGENT_RESTORING: trash } }) =>
        trash && [id, name, basename(trash)].includes(wanted),
    )
  if (begun) return settledAgent(context, begun.name)
  const entry = findEntry(context, wanted)
  const name = as ?? entry.name
  checkName(name)
  return context.store.exclusively(name, async () => {
    const taken = await settleLocked(context, name)
    if (taken && as === undefined) {
      throw new UserError(`there is an agent '${name}' again`, {
        fix: `agentvm trash restore ${wanted} --as OTHER-NAME`,
      })
    }
    refuseTaken(context, name, taken)
    return withTrash(context, async () => {
      const record = restoredRecord(context, entry, name)
      if (!context.store.create(record)) throw new UserError(`there is an agent '${name}' already`)
      return finishRestore(context, record)
    })
  })
}

function findEntry(context: Context, wanted: string): TrashEntry {
  const entries = trashEntries(context)
  const found = entries.filter(({ id, name, trash }) => [id, name, basename(trash)].includes(wanted))
  const [entry, ...others] = found
  if (entry && others.length === 0) return entry
  if (entry) {
    const listed = found.map(({ id, trashed_at }) => `${id} (${trashed_at})`).join(', ')
    throw new UserError(`the trash holds ${found.length} agents called '${wanted}'`, {
      fix: `give the id of one: ${listed}`,
      exitCode: 2,
    })
  }
  const suggestion = nearest(
    wanted,
    entries.map(({ name }) => name),
  )
  throw new UserError(`the trash holds no agent '${wanted}'`, {
    fix: suggestion ? `did you mean '${suggestion}'?` : "'agentvm trash list' shows what it holds",
  })
}

/** The record as it was, by its new places. */
function restoredRecord(
  { home, store }: Context,
  { trash, name: old }: TrashEntry,
  name: string,
): AgentRecord {
  const path = join(trash, 'state.env')
  const was = decodeRecord(parseState(readIfExists(path) ?? '', path), old)
  const id = store.byId(was.id) ? newId() : was.id
  const workspace = was.workspaceOwned ? home.workspace(name) : was.workspace
  const isInside = isFromBashTool(was) && !existsSync(join(trash, 'home'))
  return {
    ...was,
    ...{ id, name, workspace },
    home: isInside ? join(workspace, relative(was.workspace, was.home)) : home.agentHome(id),
    ...{ session: was.session === '' ? '' : `agentvm-${name}`, logFile: home.logFile(name) },
    socket: was.socket === '' ? '' : home.socket(id),
    promptFile: existsSync(join(trash, 'prompt')) ? home.promptFile(name) : was.promptFile,
    placeholders: [],
    extra: { ...lastingFacts(was), AGENT_RESTORING: trash },
  }
}
