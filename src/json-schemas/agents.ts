import * as v from 'valibot'
import type { Activity } from '../agents/activity/activity.ts'
import type { OpenedWorkspace } from '../agents/attach/open-workspace.ts'
import type { RefusedMessage } from '../agents/delivery/refused.ts'
import type { Sent } from '../agents/delivery/send.ts'
import type { CleanOutcome } from '../agents/end/clean.ts'
import type { QueuedMessage } from '../agents/messages/queue.ts'
import type { Stats } from '../agents/report/stats.ts'
import type { AgentInfo, AgentRow } from '../agents/report/view.ts'
import type { TrashEntry } from '../agents/trash/entries.ts'
import type { Trashed } from '../agents/trash/put-away.ts'
import type { PsAgent, PsRow } from '../agents/usage/ps.ts'
import { count, tags, time } from './parts.ts'
import { spawnPlan } from './spawn-plan.ts'

const activity = v.picklist(['starting', 'blocker', 'working', 'waiting', 'idle', 'exited', 'unknown'])
const status = v.picklist(['running', 'dead'])

const endReason = v.nullable(v.picklist(['exited', 'out-of-memory', 'process-limit', 'killed', 'lost']))

/** One agent: a row of `list`. */
export const agentRow = v.object({
  name: v.string(),
  status,
  pid: v.nullable(count),
  sandbox: v.string(),
  profile: v.nullable(v.string()),
  workspace: v.string(),
  session: v.nullable(v.string()),
  created_at: time,
  tags,
  gitlawb: v.boolean(),
  did: v.nullable(v.string()),
  log_file: v.string(),
  id: v.string(),
  activity,
  activity_reason: v.nullable(v.string()),
  activity_source: v.string(),
  activity_evidence: v.string(),
  activity_since: v.nullable(time),
  network: v.string(),
  allow: v.array(v.string()),
  exit_code: v.nullable(count),
  ended_at: v.nullable(time),
  end_reason: endReason,
}) satisfies v.GenericSchema<AgentRow>

/** A message that waits for its agent. */
export const queuedMessage = v.object({
  id: v.string(),
  queued_at: time,
  bytes: count,
  state: v.picklist(['queued', 'unsure']),
}) satisfies v.GenericSchema<QueuedMessage>

/** One agent, closely: `info`. */
export const agentInfo = v.object({
  ...agentRow.entries,
  processes: v.nullable(count),
  rss_kb: v.nullable(count),
  pss_kb: v.nullable(count),
  uptime_seconds: v.nullable(count),
  home: v.string(),
  prompt_file: v.nullable(v.string()),
  extra_cmd: v.nullable(v.array(v.string())),
  log_bytes: count,
  workspace_bytes: count,
  planted: v.array(v.string()),
  identity: v.nullable(v.object({ registered: v.boolean(), reason: v.nullable(v.string()) })),
  conversation: v.nullable(v.string()),
  messages: v.array(queuedMessage),
  refused_requests: count,
  policy: v.nullable(v.record(v.string(), v.unknown())),
}) satisfies v.GenericSchema<AgentInfo>

/** What an agent uses. */
export const usageRow = v.object({
  name: v.string(),
  status,
  pid: v.nullable(count),
  cpu_pct: v.nullable(v.number()),
  mem_pct: v.nullable(v.number()),
  rss_kb: v.nullable(count),
  uptime: v.nullable(v.string()),
  uptime_seconds: v.nullable(count),
  processes: v.nullable(count),
  pss_kb: v.nullable(count),
  id: v.string(),
  activity,
  profile: v.nullable(v.string()),
  sandbox: v.string(),
  tags,
}) satisfies v.GenericSchema<PsRow>

/** A row of `ps`: what an agent uses and may use. */
export const psRow = v.object({
  ...usageRow.entries,
  memory_limit: v.nullable(count),
  process_limit: v.nullable(count),
  cpu_limit: v.nullable(v.number()),
  end_reason: endReason,
  exit_code: v.nullable(count),
}) satisfies v.GenericSchema<PsAgent>

const agentCount = { running: count, dead: count }

/** All agents summed up: `stats`. */
export const stats = v.object({
  ...agentCount,
  agents: count,
  by_profile: v.array(v.object({ ...agentCount, profile: v.nullable(v.string()) })),
  by_sandbox: v.array(v.object({ ...agentCount, sandbox: v.string() })),
  workspace_bytes: count,
  home_bytes: count,
  log_bytes: count,
  trash_bytes: count,
  sizes_complete: v.boolean(),
  largest_workspaces: v.array(v.object({ name: v.string(), workspace_bytes: count })),
  events_today: v.record(v.string(), count),
}) satisfies v.GenericSchema<Stats>

/** What came of a message: `send`, `exec`. */
export const sent = v.object({
  name: v.string(),
  outcome: v.picklist(['accepted', 'queued']),
  id: v.nullable(v.string()),
  duplicate: v.boolean(),
  bytes: count,
  entered: v.boolean(),
  taken: v.nullable(v.boolean()),
  evidence: v.nullable(v.string()),
}) satisfies v.GenericSchema<Sent>

/** A message that an agent wasn't sent, and why. */
export const refused = v.object({
  name: v.string(),
  outcome: v.literal('refused'),
  reason: v.picklist([
    ...(['starting', 'blocker', 'working', 'waiting', 'exited', 'unknown'] as const),
    'not-interrupted',
  ]),
  error: v.string(),
}) satisfies v.GenericSchema<RefusedMessage>

/** What `open` did. */
export const opened = v.object({
  name: v.string(),
  workspace: v.string(),
  opened: v.boolean(),
}) satisfies v.GenericSchema<OpenedWorkspace>

/** What was put into the trash: `purge`, and a part of `clean`. */
export const trashed = v.object({
  name: v.string(),
  id: v.string(),
  trash: v.string(),
  bytes: count,
}) satisfies v.GenericSchema<Trashed>

/** What lies in the trash: a row of `trash list`. */
export const trashEntry = v.object({
  ...trashed.entries,
  profile: v.nullable(v.string()),
  trashed_at: time,
  expires_at: v.nullable(time),
  has_workspace: v.boolean(),
}) satisfies v.GenericSchema<TrashEntry>

/** What `clean` did, or would do. */
export const cleaned = v.object({
  cleaned: v.array(trashed),
  kept: v.array(v.object({ name: v.string(), reason: v.string() })),
  expired: v.array(trashEntry),
}) satisfies v.GenericSchema<CleanOutcome>

const screenText = v.object({ name: v.string(), lines: v.array(v.string()) })

/** What agents have printed: `logs`. One agent's alone if one was asked for. */
export const logs = v.union([screenText, v.array(screenText)])

/** What an agent is doing, and what tells: `activity explain`. `since` is missing for a recorded screen. */
export const explained = v.object({
  state: activity,
  reason: v.nullable(v.string()),
  source: v.picklist(['process', 'events', 'title', 'screen', 'none', 'typed']),
  evidence: v.string(),
  since: v.exactOptional(v.nullable(time)),
}) satisfies v.GenericSchema<Omit<Activity, 'since'> & { since?: string | null }>

/** What `spawn` made; with `--dry-run` the plan. */
export const spawned = v.union([agentRow, spawnPlan])
