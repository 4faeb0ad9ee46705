import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CPU_WINDOW_MS } from '../../src/agents/usage/ps.ts'
import { TestHome } from '../support/agentvm.ts'
import { idleDashboard } from './dashboard.ts'
import { type Case, measure, runQuietly } from './measure.ts'
import { memoryOf } from './memory.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
/** Running agents for `ps` and `watch`. */
const AGENTS = 50
const DASHBOARD_MS = 30_000
const rounds = Number(values.rounds)
const home = new TestHome()
const scratch = mkdtempSync(join(tmpdir(), 'agentvm-bench-'))
const env = { ...process.env, AGENTVM_HOME: home.path }
const agentvm = (...args: string[]) => [
  process.execPath,
  join(import.meta.dirname, '../../bin/run.cjs'),
  ...args,
]

const bwrap = [
  'bwrap',
  '--ro-bind',
  '/usr',
  '/usr',
  '--symlink',
  'usr/bin',
  '/bin',
  '--symlink',
  'usr/lib',
  '/lib',
]
const sandbox = [
  ...bwrap,
  '--symlink',
  'usr/lib64',
  '/lib64',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--unshare-pid',
  '--',
]
const rawSession = (round: number) => [
  ...[
    'tmux',
    '-S',
    join(scratch, `s${round}`),
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    ...sandbox,
    'sleep',
    '1000',
  ],
]

/** A home with so many dead agents: what `list` reads. */
async function recordsHome(count: number): Promise<TestHome> {
  const records = new TestHome()
  await records.ok('spawn', 'a0', '--net', 'none', '--', 'true')
  await records.ok('wait', 'a0')
  const state = records.read('state', 'a0.env')
  for (let index = 1; index < count; index += 1) {
    writeFileSync(records.file('state', `a${index}.env`), state.replaceAll("'a0'", `'a${index}'`))
  }
  return records
}

/** A home with an agent whose workspace of so many files is as it was: what `diff` looks at. */
async function filesHome(count: number): Promise<TestHome> {
  const files = new TestHome()
  for (let index = 0; index < count; index += 1) {
    const folder = files.file('workspaces', 'big', `${Math.floor(index / 2_000)}`, `${index % 20}`)
    if (index % 2_000 < 20) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${index}.txt`), `line ${index}\n`.repeat(100))
  }
  await files.ok('spawn', 'big', '--net', 'none', '--', 'true')
  await files.ok('wait', 'big')
  return files
}

const records = await recordsHome(1_000)
const files = await filesHome(100_000)
const cases: Case[] = [
  { name: 'node -e 0', argv: () => [process.execPath, '-e', '0'] },
  { name: 'list -q, no agents', argv: () => agentvm('list', '-q'), floor: 'node -e 0' },
  {
    name: 'list, 1,000 records',
    argv: () => ['env', `AGENTVM_HOME=${records.path}`, ...agentvm('list')],
    floor: 'node -e 0',
  },
  {
    name: 'diff, 100,000 files',
    argv: () => ['env', `AGENTVM_HOME=${files.path}`, ...agentvm('diff', 'big', '--json')],
    floor: 'node -e 0',
  },
  { name: 'bwrap true', argv: () => [...sandbox, 'true'] },
  { name: 'run -- true', argv: () => agentvm('run', '--net', 'none', '--', 'true'), floor: 'node -e 0' },
  {
    name: 'raw tmux + bwrap',
    argv: rawSession,
    after: (round) => runQuietly(['tmux', '-S', join(scratch, `s${round}`), 'kill-server']),
  },
  {
    name: 'spawn',
    argv: (round) => agentvm('spawn', `b${round}`, '--net', 'none', '--', 'sleep', '1000'),
    after: (round) => home.ok('kill', `b${round}`),
    floor: 'raw tmux + bwrap',
  },
  {
    name: 'spawn, allow-list',
    argv: (round) => agentvm('spawn', `n${round}`, '--net', 'allowlist', '--', 'sleep', '1000'),
    after: (round) => home.ok('kill', `n${round}`),
    floor: 'spawn',
  },
]

try {
  const timings = await measure(cases, rounds, env)
  for (const { name, median, p90, ratio } of timings) {
    const against =
      ratio === undefined ? '' : `   ${ratio.toFixed(2)} × ${cases.find((one) => one.name === name)?.floor}`
    console.log(
      `${name.padEnd(22)} ${median.toFixed(1).padStart(7)} ms   p90 ${p90.toFixed(1).padStart(7)}${against}`,
    )
  }
  for (const mode of ['none', 'allowlist']) {
    const args = ['spawn', `idle-${mode}`, '--net', mode, '--', 'sleep', '1000']
    const { id } = await home.json<{ id: string }>(...args)
    await new Promise((resolve) => setTimeout(resolve, 500))
    console.log(
      `${`idle, network ${mode}`.padEnd(22)} ${(memoryOf(id) / 1e6).toFixed(2)} MB (PSS, all its processes)`,
    )
  }
  for (let index = 2; index < AGENTS; index += 1) {
    await home.ok('spawn', `idle-${index}`, '--net', 'none', '--', 'sleep', '1000')
  }
  const [usage] = await measure([{ name: 'ps', argv: () => agentvm('ps') }], rounds, env)
  console.log(
    `${`ps, ${AGENTS} agents`.padEnd(22)} ${usage?.median.toFixed(1).padStart(7)} ms   with its window of ${CPU_WINDOW_MS} ms`,
  )
  const { percent, bytes } = await idleDashboard(home, DASHBOARD_MS)
  console.log(
    `${'watch, nothing changes'.padEnd(22)} ${percent.toFixed(2).padStart(7)} % of one core, ${bytes} bytes drawn in ${DASHBOARD_MS / 1000} s`,
  )
} finally {
  await home.remove()
  await records.remove()
  await files.remove()
  rmSync(scratch, { recursive: true, force: true })
}
