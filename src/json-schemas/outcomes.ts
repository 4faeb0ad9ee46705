import * as v from 'valibot'
import type { Killed } from '../agents/end/kill-many.ts'
import { agentRow, sent } from './agents.ts'
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
export const broadcast = outcomes(sent.entries)

/** What `exec` typed, into one agent or several. */
export const typed = v.union([sent, broadcast])
