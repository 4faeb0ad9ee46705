import type { Home } from '../../settings/home.ts'
import { bootId, environmentValues, isAlive, isOwnerAlive, processStart } from '../../system/processes.ts'
import { sawAllSessions, usersSessions } from '../../tmux/default-server.ts'
import { LAUNCHER } from '../process-look.ts'
import { waitsForGo } from '../spawn/run-files.ts'
import type { AgentRecord } from './record.ts'

/**
 * What an agent is doing as far as the system's processes tell.
 *
 * - `starting`: an agentvm command is bringing it up right now.
 * - `running`: its launcher lives.
 * - `ended`: it isn't running, and its record says how it ended.
 * - `unrecorded`: it isn't running, but the record doesn't say so yet: `settle.ts` writes it down.
 * - `unfinished`: the agentvm command that was bringing it up has died: `recover.ts` undoes it.
 */
export type Liveness = 'starting' | 'running' | 'ended' | 'unrecorded' | 'unfinished'

let thisBoot: string | undefined

/** An agent and its {@link liveness} at one moment, for who needs that more than once. */
export interface SeenAgent {
  record: AgentRecord
  state: Liveness
}

export const recordsOf = (agents: readonly SeenAgent[]): AgentRecord[] => agents.map(({ record }) => record)

/**
 * Looks at one agent. Starts no process, but one tmux for all agents of the bash tool, which live on the user's own server.
 * `isUp` tells whether its launcher lives.
 */
export function liveness(record: AgentRecord, home: Home, isUp = isAlive): Liveness {
  if (record.endedAt !== undefined) return 'ended'
  if (isFromBashTool(record)) return record.pid > 0 && hasUsersSession(record) ? 'running' : 'ended'
  if (wasNeverStarted(record)) return 'ended'
  const isBootOver = !isOfThisBoot(record) && !launcherLives(record, isUp)
  if (record.extra.AGENT_THROWAWAY === 'true' && (isBootOver || !isOwnerAlive(record.spawner))) {
    return 'unfinished'
  }
  if (isBootOver) return record.pid === 0 ? 'unfinished' : 'unrecorded'
  if (record.pid === 0 || waitsForGo(home.runDir(record.id))) {
    return isOwnerAlive(record.spawner) ? 'starting' : 'unfinished'
  }
  return launcherLives(record, isUp) ? 'running' : 'unrecorded'
}

/**
 * Whether an agent's launcher lives; of the bash tool's agents, whether its process does. A boot id alone doesn't say
 * that it is gone: a container, or a machine that was frozen and thawed elsewhere, may show another one than before.
 * Then the process has to say whose it is.
 */
export function launcherLives(record: AgentRecord, isUp = isAlive): boolean {
  if (!isUp(record.pid, record.pidStart)) return false
  if (isFromBashTool(record) || isOfThisBoot(record)) return true
  return environmentValues(record.pid, [LAUNCHER])[LAUNCHER] === record.id
}

function isOfThisBoot(record: AgentRecord): boolean {
  thisBoot ??= bootId()
  return record.bootId === thisBoot
}

/** Where tmux can't be asked, a process that has the agent's pid counts: rather one that is over than work that is taken away. */
function hasUsersSession({ session, pid }: AgentRecord): boolean {
  return usersSessions().has(session) || (!sawAllSessions() && processStart(pid) !== undefined)
}

/** Whether the bash tool made this agent: such a record has no boot id. */
export function isFromBashTool(record: AgentRecord): boolean {
  return record.bootId === ''
}

/** Whether nobody has started the agent yet: it is a clone. One that is being made names who makes it. */
function wasNeverStarted(record: AgentRecord): boolean {
  return record.pid === 0 && record.spawner === ''
}

/** Whether the agent counts as running: commands refuse to start it again. */
export function isRunning(state: Liveness): boolean {
  return state === 'running' || state === 'starting'
}
