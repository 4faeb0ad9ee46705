import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TestHome } from '../support/agentvm.ts'
import { diffCase, quickCases, recordsHome, spawnCases, swarmCases } from './cases.ts'
import { idleDashboard } from './dashboard.ts'
import { type Case, measure, type Timing } from './measure.ts'
import { MEASURED, memoryPerAgent } from './memory.ts'
import { proxyFacts } from './proxy.ts'
import { asMarkdown, type BenchReport, type Fact, machineFacts, reportAt } from './report.ts'

/** The committed baseline, from the repository's root. */
const BASELINE = 'test/bench/baseline.json'
const AGENTS = 50
const DASHBOARD_MS = 20_000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    short: { type: 'boolean', default: false },
    against: { type: 'string' },
    json: { type: 'string' },
  },
})
const rounds = values.short ? 5 : Number(values.rounds)
const home = new TestHome()
const homes = [home]
const scratch = mkdtempSync(join(tmpdir(), 'agentvm-bench-'))
const env = { ...process.env, AGENTVM_HOME: home.path }
const report: BenchReport = { machine: machineFacts(), timings: [], facts: [] }

const time = async (cases: readonly Case[]): Promise<Timing[]> => {
  const timings = await measure(cases, rounds, env)
  report.timings.push(...timings)
  return timings
}

try {
  const records = await recordsHome(1_000)
  homes.push(records)
  if (values.short) await time(quickCases(records))
  else await everything(records)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(asMarkdown(report, values.against ? reportAt(BASELINE, values.against) : undefined))
} finally {
  for (const one of homes) await one.remove()
  rmSync(scratch, { recursive: true, force: true })
}

async function everything(records: TestHome): Promise<void> {
  await time([...quickCases(records), ...spawnCases(home, scratch)])
  const files = await diffCase(100_000)
  homes.push(files.home)
  await time(files.cases)
  const swarm = swarmCases(AGENTS)
  homes.push(swarm.home)
  await time(swarm.cases)
  report.facts.push(...(await idleFacts()), ...(await proxyFacts(home)))
}

/** What agents and the dashboard take while nothing happens. */
async function idleFacts(): Promise<Fact[]> {
  const facts: Fact[] = []
  for (const [mode, target] of [
    ['none', 2.5],
    ['allowlist', 3.5],
  ] as const) {
    facts.push({
      name: `idle agent, network ${mode}`,
      value: (await memoryPerAgent(home, mode)) / 1e6,
      unit: 'MB',
      target,
    })
  }
  await home.ok('swarm', 'idle', String(AGENTS - 2 * MEASURED), '--net', 'none', '--', 'sleep', '1000')
  const { percent, bytes } = await idleDashboard(home, DASHBOARD_MS)
  const watch = `watch, ${AGENTS} idle agents`
  facts.push(
    { name: watch, value: percent, unit: '% of a core', target: 5 },
    { name: `${watch}, drawn in ${DASHBOARD_MS / 1000} s`, value: bytes, unit: 'bytes drawn', target: null },
  )
  return facts
}
