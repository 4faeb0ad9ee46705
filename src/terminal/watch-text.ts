import type { WatchSnapshot } from '../agents/watch/monitor.ts'
import { sanitizeOutput } from './sanitize.ts'
import { usageTable } from './usage-table.ts'

/** One look of `watch` off a terminal: the time, the table of `ps`, the last lines of each agent that runs. */
export function watchText(
  { time, agents }: WatchSnapshot,
  stream: { isTTY?: boolean; columns?: number },
): string {
  const running = agents.filter(({ status }) => status === 'running')
  const lines = running.flatMap(({ name, output }) =>
    output.map((line) => `${name} | ${sanitizeOutput(line)}\n`),
  )
  const table = agents.length > 0 ? usageTable(agents, { pss: false }, stream) : ''
  return `${time} ${agents.length} agents, ${running.length} running\n${table}${lines.join('')}\n`
}
