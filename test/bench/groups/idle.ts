import { idleDashboard } from '../dashboard.ts'
import { MEASURED, memoryPerAgent } from '../memory.ts'
import type { Workbench } from '../workbench.ts'

const AGENTS = 50
const DASHBOARD_MS = 20_000

/** What agents and the dashboard take while nothing happens. */
export async function idle(bench: Workbench): Promise<void> {
  const home = bench.home()
  for (const [mode, most] of [
    ['none', 2.5],
    ['allowlist', 3.5],
  ] as const) {
    const value = (await memoryPerAgent(home, mode)) / 1e6
    bench.add({ name: `idle agent, network ${mode}`, value, unit: 'MB', target: { most } })
  }
  await home.ok('swarm', 'idle', String(AGENTS - 2 * MEASURED), '--net', 'none', '--', 'sleep', '1000')
  const { percent, bytes } = await idleDashboard(home, DASHBOARD_MS, bench.signal)
  const watch = `watch, ${AGENTS} idle agents`
  bench.add(
    { name: watch, value: percent, unit: '% of a core', target: { most: 5 } },
    { name: `${watch}, drawn in ${DASHBOARD_MS / 1000} s`, value: bytes, unit: 'bytes drawn', target: null },
  )
}
