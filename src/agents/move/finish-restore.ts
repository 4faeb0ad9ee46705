import { dirname, join } from 'node:path'
import { makePrivateDir } from '../../system/files.ts'
import type { Context } from '../context.ts'
import { recordEvent } from '../events.ts'
import { renameGitIdentity } from '../home/git-identity.ts'
import type { AgentRecord } from '../state/record.ts'
import { leave } from '../trash/empty.ts'
import { nameInTrash } from '../trash/entries.ts'
import { isThere, moveIfThere } from './move-file.ts'

/** Brings back from the trash what a state file that is there already says. Bears being run twice. The caller holds the agent's lock. */
export async function finishRestore(context: Context, record: AgentRecord): Promise<AgentRecord> {
  const { home, store } = context
  const { AGENT_RESTORING: trash = '', ...extra } = record.extra
  const places: [string, string][] = [
    ...(record.workspaceOwned ? [['workspace', record.workspace] as [string, string]] : []),
    ['home', record.home],
    ['baseline', home.baseline(record.id)],
    ['log', record.logFile],
    ['log.1', `${record.logFile}.1`],
    ['requests.jsonl', home.requestLog(record.id)],
    ['requests.jsonl.1', `${home.requestLog(record.id)}.1`],
    ['prompt', home.promptFile(record.name)],
  ]
  for (const [name, place] of places) {
    if (!isThere(join(trash, name))) continue
    makePrivateDir(dirname(place))
    moveIfThere(join(trash, name), place)
  }
  for (const folder of [record.home, ...(record.workspaceOwned ? [record.workspace] : [])]) {
    if (!isThere(folder)) makePrivateDir(folder)
  }
  const done = { ...record, extra }
  if (isThere(trash)) {
    renameGitIdentity(record.home, nameInTrash(trash), record.name)
    leave(context, trash)
  }
  store.save(done)
  recordEvent(home, 'restore', done)
  return done
}
