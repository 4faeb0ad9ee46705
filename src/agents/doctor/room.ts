import type { Context } from '../context.ts'
import { agentsThatFit, LEAST, type Room, roomLeft } from '../limits/room.ts'
import { countThreads } from '../limits/room-view.ts'
import { liveness } from '../state/liveness.ts'
import { measuredAgents } from '../usage/measured-agents.ts'
import { pssBytes } from '../usage/pss.ts'
import { type Usage, UsageMeter } from '../usage/usage-meter.ts'
import type { CheckResult } from './check.ts'

/** With room for so few more agents the end is near. */
const FEW = 50
/** So many running agents tell what one takes: looking at the memory of each takes its time. */
const SAMPLE = 20
/** Processes of an agent that aren't its launcher's: tmux server and log pipe. */
const BESIDES = 3

/** What one agent takes of each limit. */
type Needs = typeof LEAST

/** Checks how many more agents this machine has room for, and which limit comes first. */
export async function checkRoom(context: Context): Promise<CheckResult[]> {
  const records = context.store.all(() => {})
  const agents = records.map((record) => ({ record, state: liveness(record, context.home) }))
  const usages = [...new UsageMeter().look(await measuredAgents(context, agents)).values()]
  return describeRoom(roomLeft(), usages.length, needsOf(usages.slice(0, SAMPLE)))
}

/** How many more agents fit that take so much each. `running`: how many do now. */
export function describeRoom(rooms: readonly Room[], running: number, needs: Needs): CheckResult[] {
  const capacity = agentsThatFit(rooms, needs)
  if (!capacity) return []
  const { agents, first } = capacity
  const like = running > 0 ? `like the ${running} that run` : 'that do little'
  const message = `for ${agents} more agents ${like}; ${first.limit} comes first`
  const name = 'room'
  return [
    agents < FEW ? { name, status: 'warning', message, fix: first.fix } : { name, status: 'ok', message },
  ]
}

/** What agents take on average, at least as much as one that is idle. */
function needsOf(usages: readonly Usage[]): Needs {
  if (usages.length === 0) return LEAST
  const mean = (of: (usage: Usage) => number) =>
    Math.ceil(usages.reduce((sum, usage) => sum + of(usage), 0) / usages.length)
  return {
    ...LEAST,
    processes: Math.max(LEAST.processes, BESIDES + mean(({ pids }) => countThreads(pids))),
    memory: LEAST.memory + mean(({ pids, rssBytes }) => pssBytes(pids) ?? rssBytes),
  }
}
