import type { WatchedAgent } from '../../agents/watch/monitor.ts'
import { formatAgeSince } from '../age.ts'
import { activityText, needsSomebody, statusText, tagsText } from '../agent-table.ts'
import { formatBytes } from '../bytes.ts'
import { sanitizeLine } from '../sanitize.ts'

/** How the rows may be sorted, in the order in which one key goes through them. */
export const SORTS = ['name', 'status', 'cpu', 'memory', 'age'] as const
export type Sort = (typeof SORTS)[number]

/** No terminal shows more of a line. */
export const LONGEST_LINE = 500

/** One agent as the dashboard shows it: texts, so that what looks the same is the same. */
export interface DashboardRow {
  id: string
  name: string
  running: boolean
  sandbox: string
  status: string
  activity: string
  /** Whether it waits for somebody. */
  needsSomebody: boolean
  cpu: string
  memory: string
  age: string
  tags: string
  profile: string
  lastLine: string
}

/** The rows to show: those that the filter lets through, sorted. A filter matches parts of name, status, activity, profile, sandbox and tags. */
export function dashboardRows(
  agents: readonly WatchedAgent[],
  options: { filter: string; sort: Sort },
  now = new Date(),
): DashboardRow[] {
  const words = options.filter.toLowerCase().split(/\s+/).filter(Boolean)
  return agents
    .toSorted(COMPARE[options.sort])
    .map((agent) => rowOf(agent, now))
    .filter((row) => {
      const text = [row.name, row.status, row.activity, row.profile, row.sandbox, row.tags].join(' ')
      return words.every((word) => text.toLowerCase().includes(word))
    })
}

// Each keeps the natural order of names among equals.
const COMPARE: Record<Sort, (a: WatchedAgent, b: WatchedAgent) => number> = {
  name: () => 0,
  status: (a, b) => Number(b.status === 'running') - Number(a.status === 'running'),
  cpu: (a, b) => (b.cpu_pct ?? -1) - (a.cpu_pct ?? -1),
  memory: (a, b) => (b.rss_kb ?? -1) - (a.rss_kb ?? -1),
  age: (a, b) => (b.created_at < a.created_at ? -1 : Number(b.created_at > a.created_at)),
}

function rowOf(agent: WatchedAgent, now: Date): DashboardRow {
  return {
    id: agent.id,
    name: agent.name,
    running: agent.status === 'running',
    sandbox: agent.sandbox,
    status: statusText(agent),
    activity: activityText(agent),
    needsSomebody: needsSomebody(agent),
    cpu: agent.cpu_pct?.toFixed(1) ?? '',
    memory: agent.rss_kb === null ? '' : formatBytes(agent.rss_kb * 1024),
    age: ageOf(agent, now),
    tags: tagsText(agent.tags),
    profile: agent.profile ?? '',
    lastLine: lastSpeakingLine(agent.output),
  }
}

/** In steps of 10 s from the first minute on: the ages of many agents then change together, and the screen is drawn less often. */
function ageOf({ created_at }: WatchedAgent, now: Date): string {
  const young = now.getTime() - Date.parse(created_at) < 60_000
  return formatAgeSince(created_at, young ? now : new Date(Math.floor(now.getTime() / 10_000) * 10_000))
}

/** The last line with a letter or digit in it: a full-screen program's log ends with frames and blanks. */
function lastSpeakingLine(lines: readonly string[]): string {
  const line = lines.findLast((line) => /[\p{L}\p{N}]/u.test(line)) ?? ''
  return sanitizeLine(line.slice(0, LONGEST_LINE))
}
