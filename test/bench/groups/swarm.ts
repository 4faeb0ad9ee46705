import { agentvm, inHome } from '../agentvm.ts'
import type { Workbench } from '../workbench.ts'

const COUNT = 50

/** Many agents at once. */
export async function swarm(bench: Workbench): Promise<void> {
  const home = bench.home()
  const each = { ...inHome(home), rounds: 3 }
  const start = agentvm('swarm', 'w', String(COUNT), '--net', 'none', '--', 'cat')
  await bench.time([
    { name: `swarm of ${COUNT}`, argv: () => start, target: { most: 640 }, ...each },
    { name: `ps, ${COUNT} agents`, argv: () => agentvm('ps'), target: { most: 120 }, ...each },
    {
      ...{ name: `broadcast to ${COUNT}`, argv: () => agentvm('broadcast', 'hello') },
      ...{ target: { most: 95 }, ...each },
    },
    {
      ...{ name: `killall of ${COUNT}`, argv: () => agentvm('killall', '--force') },
      ...{ target: { most: 180 }, ...each },
      after: () => home.ok('purge', '--force'),
    },
  ])
}
