import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removePlaceholders } from '../../policy/protect/placeholders.ts'
import { emptyFolder, removeTree } from '../../system/remove-tree.ts'
import { endServer } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { reapElsewhere } from '../end/elsewhere.ts'
import { killLeftovers } from '../end/end-processes.ts'
import { cgroupOf } from '../limits/bound-agent.ts'
import { endCgroup } from '../limits/end-cgroup.ts'
import { logFiles } from '../log/rotation.ts'
import { hasPrevious, restorePrevious } from '../state/previous.ts'
import type { AgentRecord } from '../state/record.ts'
import { RUN_FILES } from './run-files.ts'

/**
 * Takes back a spawn, whole: its processes, its tmux server, its folders, its name. What was there before the spawn
 * (a dead agent that was being started again) is as it was. Bears being run twice. The caller holds the agent's lock.
 * `ended`: that no process is left is known already.
 */
export async function recoverSpawn(
  context: Context,
  record: AgentRecord,
  { ended = false }: { ended?: boolean } = {},
): Promise<void> {
  const { home, store } = context
  // A process that becomes the launcher just now has neither its mark nor its file open: it must not find the file later.
  rmSync(join(home.runDir(record.id), RUN_FILES.launcher), { force: true })
  if (existsSync(home.socket(record.id))) await endServer(home.socket(record.id))
  await reapElsewhere(context, record)
  if (!ended) await killLeftovers(record)
  // Loaded here: hardly any command takes a spawn back.
  const { recordRunTakenBack } = await import('../provenance/record-run.ts')
  await recordRunTakenBack(context, record)
  const saved = store.read(record.name)
  await endCgroup(await cgroupOf(context, saved ?? record))
  removePlaceholders(saved?.placeholders ?? [])
  removeTree(home.runDir(record.id))
  if (hasPrevious(home, record.name)) {
    // It was empty: a seed goes nowhere else.
    if (record.extra.AGENT_SEEDING === 'true') emptyFolder(record.workspace)
    restorePrevious(home, record)
    return
  }
  removeTree(home.agentHome(record.id))
  removeTree(home.baseline(record.id))
  for (const path of logFiles(record.logFile)) rmSync(path, { force: true })
  for (const end of ['', '.1']) rmSync(home.requestLog(record.id) + end, { force: true })
  rmSync(home.promptFile(record.name), { force: true })
  rmSync(home.secretsFile(record.id), { force: true })
  removeTree(home.messageQueue(record.id))
  removeTree(home.identityDir(record.id))
  if (record.workspaceOwned && record.extra.AGENT_NEW_WORKSPACE === 'true') removeTree(record.workspace)
  store.remove(record.name)
}
