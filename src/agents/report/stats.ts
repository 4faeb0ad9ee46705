import { join } from 'node:path'
import { entriesOf } from '../../system/files.ts'
import { TreeSizer } from '../../system/tree-size.ts'
import type { Context } from '../context.ts'
import { compareNames } from '../state/names.ts'
import { rememberSizes } from '../usage/workspace-sizes.ts'
import { countEvents } from './count-events.ts'
import { type AgentRow, listAgents } from './view.ts'

/** Longest time for all sizes together, milliseconds: some million files. */
const SIZING_TAKES_MS = 10_000
/** How many of the largest workspaces are named. */
const LARGEST = 5

/** How many agents there are of one kind. */
export interface AgentCount {
  running: number
  dead: number
}

/** All agents summed up, as `stats --json` prints them. Sizes in bytes. */
export interface Stats extends AgentCount {
  agents: number
  /** `profile` is null for agents that run a command of their own. */
  by_profile: (AgentCount & { profile: string | null })[]
  by_sandbox: (AgentCount & { sandbox: string })[]
  workspace_bytes: number
  home_bytes: number
  log_bytes: number
  trash_bytes: number
  /** False if there was more than could be counted in some seconds: the sizes are then lower bounds. */
  sizes_complete: boolean
  largest_workspaces: { name: string; workspace_bytes: number }[]
  /** Lifecycle events since midnight, local time, by kind. */
  events_today: Record<string, number>
}

/** Counts agents, sizes and events. Takes some seconds where there are millions of files, never more than about ten. */
export async function collectStats(context: Context, now = new Date()): Promise<Stats> {
  const rows = await listAgents(context)
  return {
    agents: rows.length,
    ...countRows(rows),
    by_profile: countBy(rows, ({ profile }) => profile).map(([profile, count]) => ({ profile, ...count })),
    by_sandbox: countBy(rows, ({ sandbox }) => sandbox).map(([sandbox, count]) => ({ sandbox, ...count })),
    ...sizes(context, rows),
    events_today: countEvents(context.home, new Date(now.getFullYear(), now.getMonth(), now.getDate())),
  }
}

/** The small first: a huge workspace must not take the time of the rest. */
function sizes(context: Context, rows: readonly AgentRow[]) {
  const { home } = context
  const sizer = new TreeSizer(SIZING_TAKES_MS)
  const logs = entriesOf(home.state)
    .filter((entry) => /\.log(?:\.\d+)?$/.test(entry))
    .map((entry) => sizer.measure(join(home.state, entry)))
  const trash = sizer.measure(home.trash)
  const homes = sizer.measure(home.homes)
  const workspaces = entriesOf(home.workspaces).map((name) => ({
    name,
    ...sizer.measure(join(home.workspaces, name)),
  }))
  const measured = workspaces
    .filter(({ complete }) => complete)
    .flatMap(({ name, bytes }) =>
      rows.filter(({ workspace }) => workspace === join(home.workspaces, name)).map(({ id }) => [id, bytes]),
    )
  rememberSizes(context, Object.fromEntries(measured))
  const total = (trees: readonly { bytes: number }[]) => trees.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    workspace_bytes: total(workspaces),
    home_bytes: homes.bytes,
    log_bytes: total(logs),
    trash_bytes: trash.bytes,
    sizes_complete: [...logs, trash, homes, ...workspaces].every(({ complete }) => complete),
    largest_workspaces: workspaces
      .sort((a, b) => b.bytes - a.bytes || compareNames(a.name, b.name))
      .slice(0, LARGEST)
      .map(({ name, bytes }) => ({ name, workspace_bytes: bytes })),
  }
}

function countBy<Key extends string | null>(
  rows: readonly AgentRow[],
  keyOf: (row: AgentRow) => Key,
): [Key, AgentCount][] {
  return [...Map.groupBy(rows, keyOf)]
    .map(([key, group]): [Key, AgentCount] => [key, countRows(group)])
    .sort(([a], [b]) => compareNames(a ?? '', b ?? ''))
}

function countRows(rows: readonly AgentRow[]): AgentCount {
  const running = rows.filter(({ status }) => status === 'running').length
  return { running, dead: rows.length - running }
}
