import type { AgentCount, Stats } from '../agents/report/stats.ts'
import { formatBytes } from './bytes.ts'
import { coloursFor } from './colour.ts'
import { sanitizeLine } from './sanitize.ts'

/** From this size on a workspace is pointed at. */
const HUGE = 10 * 1024 ** 3

/** What `stats` prints for people: a label and a value a line. */
export function statsText(stats: Stats, stream: { isTTY?: boolean }): string {
  const { bold, yellow } = coloursFor(stream)
  const size = (bytes: number) => formatBytes(bytes) + (stats.sizes_complete ? '' : ' or more')
  const events = Object.entries(stats.events_today).map(([event, count]) => `${count} ${event}`)
  const lines: [string, string][] = [
    ['agents', `${stats.agents}: ${stats.running} running, ${stats.dead} dead`],
    ['profiles', kinds(stats.by_profile, ({ profile }) => profile ?? 'own command')],
    ['sandboxes', kinds(stats.by_sandbox, ({ sandbox }) => sandbox)],
    ['workspaces', size(stats.workspace_bytes)],
    ['homes', size(stats.home_bytes)],
    ['logs', size(stats.log_bytes)],
    ['trash', size(stats.trash_bytes)],
    ['today', events.join(', ') || 'no events'],
  ]
  const largest = stats.largest_workspaces
    .filter(({ workspace_bytes }) => workspace_bytes > 0)
    .map(({ name, workspace_bytes }): [string, string] => {
      const text = `${formatBytes(workspace_bytes)}  ${sanitizeLine(name)}`
      return ['', workspace_bytes >= HUGE ? yellow(`${text}  (huge)`) : text]
    })
  if (largest[0]) largest[0][0] = 'largest'
  return [...lines, ...largest].map(([label, value]) => `${bold(label.padEnd(12))} ${value}`).join('\n')
}

function kinds<Kind extends AgentCount>(counts: readonly Kind[], label: (kind: Kind) => string): string {
  return counts.map((kind) => `${kind.running + kind.dead} ${sanitizeLine(label(kind))}`).join(', ') || '-'
}
