import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RUN_JS, TestHome } from '../support/agentvm.ts'
import { type Case, runQuietly } from './measure.ts'

/** argv of an agentvm command. */
export const agentvm = (...args: string[]) => [process.execPath, RUN_JS, ...args]

const inHome = (home: TestHome, argv: string[]) => ['env', `AGENTVM_HOME=${home.path}`, ...argv]

const sandbox = [
  ...['bwrap', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
  ...['--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', '--unshare-pid', '--'],
]

/** How short a command can be: what the short form times. */
export function quickCases(records: TestHome): Case[] {
  return [
    { name: 'node -e 0', argv: () => [process.execPath, '-e', '0'] },
    {
      ...{ name: 'list -q, no agents', argv: () => agentvm('list', '-q'), floor: 'node -e 0' },
      target: { ratio: 1.8 },
    },
    {
      name: 'list, 1,000 records',
      argv: () => inHome(records, agentvm('list')),
      ...{ floor: 'node -e 0', target: { ms: 130 } },
    },
    { name: 'bwrap true', argv: () => [...sandbox, 'true'] },
    {
      name: 'run -- true',
      argv: () => agentvm('run', '--net', 'none', '--', 'true'),
      ...{ floor: 'node -e 0', target: { ms: 130 } },
    },
  ]
}

/** Agents started one at a time, against tmux and bubblewrap alone. */
export function spawnCases(home: TestHome, scratch: string): Case[] {
  const socket = (round: number) => join(scratch, `s${round}`)
  const spawn = (prefix: string, mode: string) => (round: number) =>
    agentvm('spawn', `${prefix}${round}`, '--net', mode, '--', 'sleep', '1000')
  return [
    {
      name: 'raw tmux + bwrap',
      argv: (round) => [
        ...['tmux', '-S', socket(round), '-f', '/dev/null', 'new-session', '-d', ...sandbox, 'sleep', '1000'],
      ],
      after: (round) => runQuietly(['tmux', '-S', socket(round), 'kill-server']),
    },
    {
      ...{ name: 'spawn', argv: spawn('b', 'none'), after: (round) => home.ok('kill', `b${round}`) },
      floor: 'raw tmux + bwrap',
    },
    {
      name: 'spawn, allow-list',
      ...{ argv: spawn('n', 'allowlist'), after: (round) => home.ok('kill', `n${round}`) },
      ...{ floor: 'spawn', target: { ratio: 1.8 } },
    },
  ]
}

/** Many agents at once. */
export function swarmCases(count: number): { home: TestHome; cases: Case[] } {
  const home = new TestHome()
  const cases: Case[] = [
    {
      ...{ name: `swarm of ${count}`, target: { ms: 640 } },
      argv: () => inHome(home, agentvm('swarm', 'w', String(count), '--net', 'none', '--', 'cat')),
    },
    { name: `ps, ${count} agents`, target: { ms: 120 }, argv: () => inHome(home, agentvm('ps')) },
    {
      ...{ name: `broadcast to ${count}`, target: { ms: 95 } },
      argv: () => inHome(home, agentvm('broadcast', 'hello')),
    },
    {
      ...{ name: `killall of ${count}`, target: { ms: 180 } },
      argv: () => inHome(home, agentvm('killall', '--force')),
      after: () => home.ok('purge', '--force'),
    },
  ]
  return { home, cases: cases.map((one) => ({ ...one, rounds: 3 })) }
}

/** A workspace of so many unchanged files, and `diff` of it. */
export async function diffCase(count: number): Promise<{ home: TestHome; cases: Case[] }> {
  const home = new TestHome()
  for (let index = 0; index < count; index += 1) {
    const folder = home.file('workspaces', 'big', `${Math.floor(index / 2_000)}`, `${index % 20}`)
    if (index % 2_000 < 20) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${index}.txt`), `line ${index}\n`.repeat(100))
  }
  await home.ok('spawn', 'big', '--net', 'none', '--', 'true')
  await home.ok('wait', 'big')
  const argv = () => inHome(home, agentvm('diff', 'big', '--json'))
  return { home, cases: [{ name: `diff, ${count} files`, argv, target: { ms: 1_000 }, rounds: 5 }] }
}

/** A home with so many dead agents: what `list` reads. */
export async function recordsHome(count: number): Promise<TestHome> {
  const records = new TestHome()
  await records.ok('spawn', 'a0', '--net', 'none', '--', 'true')
  await records.ok('wait', 'a0')
  const state = records.read('state', 'a0.env')
  for (let index = 1; index < count; index += 1) {
    writeFileSync(records.file('state', `a${index}.env`), state.replaceAll("'a0'", `'a${index}'`))
  }
  return records
}
