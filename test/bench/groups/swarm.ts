import { agentvm, inHome } from '../agentvm.ts'
import { endRawAgents, rawAgents } from '../raw.ts'
import type { Workbench } from '../workbench.ts'

const COUNT = 50
const ROUNDS = 5

/** Many agents at once. */
export async function swarm(bench: Workbench): Promise<void> {
  const home = bench.home()
  const sockets = bench.folder()
  const endRaw = () => endRawAgents(sockets)
  bench.later(endRaw)
  const endAll = () => home.ok('purge', '--force')
  const each = { ...inHome(home), rounds: Math.min(bench.rounds, ROUNDS) }
  const start = (net: string) => () => agentvm('swarm', 'w', String(COUNT), '--net', net, '--', 'cat')
  const floor = `raw tmux + bwrap, ${COUNT} times`
  const name = `swarm of ${COUNT}`
  await bench.time([
    { name: floor, argv: () => rawAgents(sockets, COUNT, 'cat'), after: endRaw, ...each },
    { name, argv: start('none'), floor, target: { most: 640 }, ...each },
    { name: `ps, ${COUNT} agents`, argv: () => agentvm('ps'), target: { most: 120 }, ...each },
    {
      ...{ name: `broadcast to ${COUNT}`, argv: () => agentvm('broadcast', 'hello') },
      ...{ target: { most: 95 }, ...each },
    },
    {
      ...{ name: `killall of ${COUNT}`, argv: () => agentvm('killall', '--force') },
      ...{ target: { most: 180 }, after: endAll, ...each },
    },
    {
      ...{ name: `${name}, allow-list`, argv: start('allowlist'), floor: name },
      ...{ target: { ratio: 1.8 }, after: endAll, ...each },
    },
  ])
}
