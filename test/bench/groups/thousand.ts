import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckResult } from '../../../src/agents/doctor/check.ts'
import { agentsThatFit, roomLeft } from '../../../src/agents/limits/room.ts'
import type { TestHome } from '../../support/agentvm.ts'
import { agentvm, inHome } from '../agentvm.ts'
import { idleDashboard } from '../dashboard.ts'
import { memoryOfAgents } from '../memory.ts'
import { endRawAgents, rawAgents } from '../raw.ts'
import type { Workbench } from '../workbench.ts'

const COUNT = 1_000
/** What starts leave to end is over by then. */
const SETTLE_MS = 5_000
const DASHBOARD_MS = 20_000

/** As many live agents as few people have, where the machine has room for them. */
export async function thousand(bench: Workbench): Promise<void> {
  const capacity = agentsThatFit(roomLeft())
  if (capacity && capacity.agents < COUNT) {
    return bench.lacks(
      `${COUNT} agents`,
      `there is room for ${capacity.agents}; ${capacity.first.limit} comes first`,
    )
  }
  const home = bench.home()
  const sockets = bench.folder()
  const endRaw = () => endRawAgents(sockets)
  bench.later(endRaw)
  const floor = `raw tmux + bwrap, ${COUNT} times`
  const once = { ...inHome(home), rounds: 1, cold: true }
  const swarm = agentvm('swarm', 'k', String(COUNT), '--net', 'none', '--', 'sleep', '100000')
  await bench.time([
    { name: floor, argv: () => rawAgents(sockets, COUNT, 'sleep', '100000'), after: endRaw, ...once },
    { name: `swarm of ${COUNT}`, argv: () => swarm, floor, target: { most: 15_000 }, ...once },
  ])
  await sleep(SETTLE_MS, undefined, { signal: bench.signal })
  const looks = { ...inHome(home), rounds: Math.min(bench.rounds, 5) }
  await bench.time([
    { name: `list, ${COUNT} running agents`, argv: () => agentvm('list'), target: { most: 200 }, ...looks },
    { name: `ps, ${COUNT} running agents`, argv: () => agentvm('ps'), target: { most: 400 }, ...looks },
  ])
  await measureIdle(bench, home)
  await bench.time([{ name: `killall of ${COUNT}`, argv: () => agentvm('killall', '--force'), ...once }])
}

async function measureIdle(bench: Workbench, home: TestHome): Promise<void> {
  const memory = memoryOfAgents(home) / COUNT / 1e6
  bench.add({ name: `idle agent, one of ${COUNT}`, value: memory, unit: 'MB', target: { most: 2.5 } })
  const { percent } = await idleDashboard(home, DASHBOARD_MS, bench.signal)
  bench.add({ name: `watch, ${COUNT} idle agents`, value: percent, unit: '% of a core', target: { most: 5 } })
  const room = (await home.json<CheckResult[]>('doctor')).find(({ name }) => name === 'room')
  const [, more, limit] = /^for (\d+) more agents .*; (.*) comes first$/.exec(room?.message ?? '') ?? []
  if (!more) return bench.lacks('agents that fit on this machine', room?.message ?? 'doctor does not tell')
  const unit = `agents, then ${limit} is used up`
  bench.add({
    name: 'agents on this machine, as doctor sees it',
    value: COUNT + Number(more),
    unit,
    target: null,
  })
}
