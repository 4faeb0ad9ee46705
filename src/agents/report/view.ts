import type { ActivityState } from '@agentvm/sdk'
import { formatRule } from '../../network/rules.ts'
import { treeBytes } from '../../system/tree-size.ts'
import { type Activity, activityByProcess, activityOf } from '../activity/activity.ts'
import { conversationOf } from '../activity/own-events.ts'
import { attendIfNeeded } from '../attendant/attend.ts'
import type { Context } from '../context.ts'
import { settledAgent, settledAgents } from '../end/settled-agent.ts'
import { type IdentityState, identityState } from '../identity/registration.ts'
import { logFiles } from '../log/rotation.ts'
import { MessageQueue, type QueuedMessage } from '../messages/queue.ts'
import { countRequests, readRequests } from '../network/requests.ts'
import { reviveProxy } from '../network/serve-agents.ts'
import { plantedPaths } from '../spawn/protection.ts'
import { isRunning, type Liveness, liveness, recordsOf, type SeenAgent } from '../state/liveness.ts'
import type { AgentRecord, EndReason } from '../state/record.ts'
import { hasTags } from '../state/tags.ts'
import { type AgentMemory, agentMemory } from '../usage/memory.ts'
import { rememberSizes, warnOfLarge } from '../usage/workspace-sizes.ts'
import { readStoredPolicy } from './stored-policy.ts'

/** One agent as `list --json` prints it. The first names are the bash tool's. */
export interface AgentRow {
  name: string
  status: 'running' | 'dead'
  /** Host pid of the launcher; null if it isn't running. */
  pid: number | null
  sandbox: string
  profile: string | null
  workspace: string
  session: string | null
  created_at: string
  tags: Record<string, string>
  gitlawb: boolean
  did: string | null
  log_file: string
  id: string
  activity: ActivityState
  /** Why, such as `permission`; null if there is nothing to say. */
  activity_reason: string | null
  /** What told: `process`, `events`, `title`, `screen`, `typed`, `none`. */
  activity_source: string
  /** The rule and the text that matched, or a sentence. */
  activity_evidence: string
  /** When it was first seen so. */
  activity_since: string | null
  network: string
  /** Hosts that it may reach under an allow-list, as `--allow` takes them. */
  allow: string[]
  exit_code: number | null
  ended_at: string | null
  end_reason: EndReason | null
}

/** Which agents to look at. */
export interface Selection {
  tags?: Record<string, string>
  status?: 'running' | 'dead'
  activity?: ActivityState
  /** Whether to look at the terminals; only where somebody wants to know what the agents are doing. */
  look?: boolean
}

/** A row for each agent that is selected, its terminal looked at where `look` says so. Else as {@link settledAgents}. */
export async function listAgents(context: Context, selection: Selection = {}): Promise<AgentRow[]> {
  const { activity, look = activity !== undefined } = selection
  const all = await settledAgents(context)
  attendIfNeeded(context, recordsOf(all))
  const agents = all.filter((agent) => isSelected(agent, selection))
  if (look) warnOfLarge(context, recordsOf(agents))
  const rows = look
    ? await Promise.all(agents.map(({ record, state }) => currentRow(context, record, state)))
    : agents.map(({ record, state }) => rowOf(context, record, state))
  return rows.filter((row) => activity === undefined || row.activity === activity)
}

function isSelected({ record, state }: SeenAgent, { status, tags = {} }: Selection): boolean {
  return (status === undefined || isRunning(state) === (status === 'running')) && hasTags(record.tags, tags)
}

/** One agent's row, with what it is doing now. */
export async function currentRow(
  context: Context,
  record: AgentRecord,
  state: Liveness = liveness(record, context.home),
): Promise<AgentRow> {
  return rowOf(context, record, state, await activityOf(context, record, state))
}

/** One agent's row. Without a look at its terminal its activity is what its process tells. */
export function rowOf(
  { home }: Pick<Context, 'home'>,
  record: AgentRecord,
  state: Liveness = liveness(record, home),
  activity: Activity = activityByProcess(record, state),
): AgentRow {
  const running = isRunning(state)
  return {
    name: record.name,
    status: running ? 'running' : 'dead',
    pid: running && record.pid > 0 ? record.pid : null,
    sandbox: record.sandbox,
    profile: record.profile ?? null,
    workspace: record.workspace,
    session: record.session || null,
    created_at: record.createdAt,
    tags: record.tags,
    gitlawb: record.gitlawb,
    did: record.did ?? null,
    log_file: record.logFile,
    id: record.id,
    activity: activity.state,
    activity_reason: activity.reason,
    activity_source: activity.source,
    activity_evidence: activity.evidence,
    activity_since: activity.since,
    network: record.network,
    allow: record.allow.map(formatRule),
    exit_code: record.exitCode ?? null,
    ended_at: record.endedAt ?? null,
    end_reason: record.endReason ?? null,
  }
}

/** One agent as `info --json` prints it: its row, and what takes a closer look. */
export interface AgentInfo extends AgentRow, AgentMemory {
  home: string
  prompt_file: string | null
  /** argv after `--`; null if the profile's own command runs. */
  extra_cmd: string[] | null
  log_bytes: number
  workspace_bytes: number
  /** What it has made in its workspace that host programs run commands from, such as `.envrc`. */
  planted: string[]
  /** Whether the network knows its DID, and why not; null without a DID. */
  identity: IdentityState | null
  /** The id of its conversation, which a restart resumes; null if it says none. */
  conversation: string | null
  /** Messages that wait until it is idle, oldest first. */
  messages: QueuedMessage[]
  /** Requests to hosts that aren't open, as far as they are on record. */
  refused_requests: number
  /** The policy in force, names instead of values in `env`; null if it was never started by this agentvm. */
  policy: Record<string, unknown> | null
}

/** Everything known about one agent. */
export async function agentInfo(context: Context, name: string): Promise<AgentInfo> {
  const record = await settledAgent(context, name)
  await reviveProxy(context, record)
  attendIfNeeded(context, [record])
  const workspaceBytes = treeBytes(record.workspace)
  rememberSizes(context, { [record.id]: workspaceBytes })
  const stored = readStoredPolicy(context.home.runDir(record.id))
  return {
    ...(await currentRow(context, record)),
    ...(await agentMemory(context, record)),
    home: record.home,
    prompt_file: record.promptFile ?? null,
    extra_cmd: record.command ?? null,
    log_bytes: logFiles(record.logFile).reduce((sum, path) => sum + treeBytes(path), 0),
    workspace_bytes: workspaceBytes,
    planted: plantedPaths(record),
    identity: identityState(context.home, record) ?? null,
    conversation: (await conversationOf(context, record)) ?? null,
    messages: new MessageQueue(context.home.messageQueue(record.id)).list(),
    refused_requests: countRequests(readRequests(context.home, record.id)).refused,
    policy: stored ? { ...stored } : null,
  }
}
