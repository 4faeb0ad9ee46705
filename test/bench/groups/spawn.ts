import { join } from 'node:path'
import { agentvm, inHome } from '../agentvm.ts'
import { runQuietly } from '../measure.ts'
import { endRawAgent, rawAgent } from '../raw.ts'
import type { Workbench } from '../workbench.ts'

/** Agents started one at a time, against tmux and bubblewrap alone. */
export async function spawn(bench: Workbench): Promise<void> {
  const home = bench.home()
  const sockets = bench.folder()
  const socket = (round: number) => join(sockets, `s${round}`)
  const agent = (prefix: string, mode: string) => ({
    argv: (round: number) => agentvm('spawn', `${prefix}${round}`, '--net', mode, '--', 'sleep', '1000'),
    after: (round: number) => home.ok('kill', `${prefix}${round}`),
    ...inHome(home),
  })
  await bench.time([
    {
      name: 'raw tmux + bwrap',
      argv: (round) => rawAgent(socket(round), 'sleep', '1000'),
      after: (round) => runQuietly(endRawAgent(socket(round))),
    },
    { name: 'spawn', ...agent('b', 'none'), floor: 'raw tmux + bwrap' },
    { name: 'spawn, allow-list', ...agent('n', 'allowlist'), floor: 'spawn', target: { ratio: 1.8 } },
  ])
}
