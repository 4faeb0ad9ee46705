import * as v from 'valibot'
import type { Killed } from '../agents/end/kill-many.ts'
import type { WaitingMessage } from '../agents/messages/manage.ts'
import { agentRow, queuedMessage, refused, sent } from './agents.ts'
import { count } from './parts.ts'
import { spawnPlan } from './spawn-plan.ts'

const failed = v.object({ name: v.string(), ok: v.literal(false), error: v.string() })

/** Rows of a command on several agents: what it came to, or why it failed. */
function outcomes<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.array(v.union([v.object({ name: v.string(), ok: v.literal(true), ...entries }), failed]))
}

const killedEntries = { killed: v.literal(true), exit_code: v.nullable(count) }

/** What `kill` and `killall` came to. */
export const killed = outcomes((v.object(killedEntries) satisfies v.GenericSchema<Killed>).entries)

/** What `restart` came to. */
export const restarted = outcomes({ ...agentRow.entries, was_running: v.boolean() })

/** What `up` came to; with `--dry-run` the agents that would be started. */
export const broughtUp = v.union([outcomes(agentRow.entries), v.array(agentRow)])

/** What `swarm` came to; with `--dry-run` the plans. */
export const swarm = v.union([outcomes(agentRow.entries), v.array(spawnPlan)])

/** What `broadcast` came to. */
export const broadcast = v.array(
  v.union([
    v.object({ ok: v.literal(true), ...sent.entries }),
    v.object({ ...failed.entries, ...refused.entries }),
    failed,
  ]),
)

/** What came of a file that was sent. */
export const sentOrRefused = v.union([sent, refused])

/** What `exec` came to, for one agent or several. */
export const typed = v.union([sentOrRefused, broadcast])

/** A row of `queue list`. */
export const waitingMessage = v.object({
  agent: v.string(),
  ...queuedMessage.entries,
}) satisfies v.GenericSchema<WaitingMessage>

/** What `queue remove` took back. */
export const takenBack = v.object({ name: v.string(), removed: v.array(v.string()) })
