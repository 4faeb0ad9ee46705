import { countClients } from '../../tmux/session.ts'
import type { Context } from '../context.ts'
import { isRunning, liveness } from '../state/liveness.ts'
import { agentBytes } from '../trash/put-away.ts'
import { settledAgents } from './settled-agent.ts'
import { unsavedWork } from './unsaved-work.ts'

/** What a purge would take of one agent. */
export interface PurgePreview {
  name: string
  running: boolean
  /** Terminals that are connected to it. */
  attached: number
  /** Size of all that goes to the trash. */
  bytes: number
  /** Work that lies nowhere else, in words; undefined if there is none. */
  work: string | undefined
}

/** What a purge would do to each agent. Changes nothing. */
export async function previewPurge(context: Context): Promise<PurgePreview[]> {
  const previews: PurgePreview[] = []
  for (const { record } of await settledAgents(context)) {
    context.progress(`looking at ${record.name}`)
    const running = isRunning(liveness(record, context.home))
    previews.push({
      name: record.name,
      running,
      attached: running && record.session !== '' ? await countClients(record) : 0,
      bytes: agentBytes(context, record),
      work: await unsavedWork(context, record),
    })
  }
  context.progress('')
  return previews
}
