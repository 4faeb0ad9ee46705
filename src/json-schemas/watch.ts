import * as v from 'valibot'
import type { WatchSnapshot } from '../agents/watch/monitor.ts'
import { agentRow, usageRow } from './agents.ts'

const { created_at, exit_code, end_reason, activity_reason } = agentRow.entries

/** All agents at one moment: each line of `watch`. */
export const snapshot = v.object({
  time: v.string(),
  agents: v.array(
    v.object({
      ...usageRow.entries,
      ...{ created_at, exit_code, end_reason, activity_reason },
      output: v.array(v.string()),
    }),
  ),
}) satisfies v.GenericSchema<WatchSnapshot>
