import { readdirSync } from 'node:fs'
import { readProc, type TestHome } from '../support/agentvm.ts'

const BATCH = 10
/** So many agents stay behind. */
export const MEASURED = 2 * BATCH
/** What a start leaves to end is over by then. */
const SETTLE_MS = 1_000

/**
 * What one more agent takes while nothing happens, in bytes: of twice as many agents the difference, since the first ones
 * bear the pages of programs and libraries that all share, and how many others share them is up to the machine.
 */
export async function memoryPerAgent(home: TestHome, mode: 'none' | 'allowlist'): Promise<number> {
  const seen: number[] = []
  for (const half of ['a', 'b']) {
    await home.ok('swarm', `${mode}-${half}`, String(BATCH), '--net', mode, '--', 'sleep', '1000')
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    seen.push(memoryOfAgents(home))
  }
  const [half = 0, all = 0] = seen
  return (all - half) / BATCH
}

/** Proportional memory (PSS) of all processes of a home's agents: tmux server, launcher, log pipe, sandbox, command. */
export function memoryOfAgents(home: TestHome): number {
  const children = new Map<string, string[]>()
  const servers: string[] = []
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = readProc(pid, 'stat').split(') ').at(-1)?.split(' ')[1] ?? ''
    children.set(parent, [...(children.get(parent) ?? []), pid])
    const command = readProc(pid, 'cmdline')
    if (command.startsWith('tmux\0') && command.includes(home.file('run'))) servers.push(pid)
  }
  const below = (pid: string): string[] => [pid, ...(children.get(pid) ?? []).flatMap(below)]
  return (
    servers
      .flatMap(below)
      .reduce(
        (sum, pid) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(readProc(pid, 'smaps_rollup'))?.[1] ?? 0),
        0,
      ) * 1024
  )
}
