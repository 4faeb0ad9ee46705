import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import type { TrashEntry } from '../../src/agents/trash/entries.ts'
import type { FaultyHome } from './faulty-home.ts'

/** One command that changes something, and what must hold of it whatever goes wrong on its way. */
export interface FaultScenario {
  title: string
  /** Made once, then copied: agents in it don't run. */
  prepare: (home: FaultyHome) => Promise<void>
  /** Made anew for each fault, since something runs in it. */
  start?: (home: FaultyHome) => Promise<void>
  command: readonly string[]
  /** What the same command may be refused with after one that went wrong after all was done. */
  doneAlready?: RegExp
  /** Holds once the command was given again. */
  after: (home: FaultyHome) => Promise<void>
}

/** A file in each agent's workspace that no fault may lose. */
export const WORK = 'work.txt'

/** Makes an agent that has done its work and ended. */
export async function deadAgent(home: FaultyHome, name: string, ...flags: string[]): Promise<void> {
  const command = ['--', 'sh', '-c', `echo ${name} >${WORK}; echo said; exit 3`]
  await home.ok('spawn', name, '--net', 'none', ...flags, ...command)
  await home.ok('wait', name)
}

const rows = async (home: FaultyHome) =>
  new Map((await home.json<AgentRow[]>('list')).map((row) => [row.name, row]))
const trash = (home: FaultyHome) => home.json<TrashEntry[]>('trash', 'list')

const work = (folder: string) => {
  const path = join(folder, WORK)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Throws unless the work of these agents is there, each where an agent or the trash has it. */
export function requireWork(home: FaultyHome, names: readonly string[]): void {
  const folders = [
    ...home
      .records()
      .flatMap(({ workspace, extra }) => [
        workspace,
        join(home.home.workspaces, extra.AGENT_RENAMED_FROM ?? ''),
        ...[extra.AGENT_TRASH, extra.AGENT_RESTORING].flatMap((put) =>
          put === undefined ? [] : join(put, 'workspace'),
        ),
      ]),
    ...home.leftovers('trash').map((entry) => home.file(entry, 'workspace')),
  ]
  const found = new Set(folders.map(work))
  for (const name of names) assert.ok(found.has(name), `the work of '${name}' is in none of ${folders}`)
}

const runs = async (home: FaultyHome, name: string) => {
  const row = (await rows(home)).get(name)
  assert.equal(row?.status, 'running')
}

const one = (home: FaultyHome) => deadAgent(home, 'a1', '-t', 'kept=yes', '-e', 'TOKEN=s3cret', '-m', 'do')
const SLEEP = ['--net', 'none', '--', 'sleep', '3000']
const sleeping = async (home: FaultyHome) => {
  await home.ok('spawn', 's1', ...SLEEP)
}
const nothing = async () => {}

export const FAULT_SCENARIOS: FaultScenario[] = [
  {
    title: 'spawn',
    prepare: one,
    command: ['spawn', 's1', '-m', 'hello', '-e', 'A=b', ...SLEEP],
    doneAlready: /already running/,
    after: (home) => runs(home, 's1'),
  },
  {
    title: 'spawn of a dead agent',
    prepare: one,
    command: ['spawn', 'a1', ...SLEEP],
    doneAlready: /already running/,
    after: (home) => runs(home, 'a1'),
  },
  {
    title: 'run',
    prepare: one,
    command: ['run', '--keep', '--name', 'r1', '--net', 'none', '--', 'true'],
    after: async (home) => assert.equal((await rows(home)).get('r1')?.exit_code, 0),
  },
  {
    title: 'restart',
    prepare: one,
    command: ['restart', 'a1', '--fresh'],
    after: async (home) => {
      await home.ok('wait', 'a1')
      assert.equal((await rows(home)).get('a1')?.exit_code, 3)
    },
  },
  {
    title: 'kill',
    prepare: nothing,
    start: sleeping,
    command: ['kill', 's1'],
    doneAlready: /not running/,
    after: async (home) => assert.equal((await rows(home)).get('s1')?.end_reason, 'killed'),
  },
  {
    title: 'rename',
    prepare: one,
    command: ['rename', 'a1', 'b1'],
    doneAlready: /there is no agent 'a1'/,
    after: async (home) => {
      assert.deepEqual([...(await rows(home)).keys()], ['b1'])
      assert.match(await home.ok('logs', 'b1'), /said/)
    },
  },
  {
    title: 'rename of a running agent',
    prepare: nothing,
    start: sleeping,
    command: ['rename', 's1', 'b1'],
    doneAlready: /there is no agent 's1'/,
    after: (home) => runs(home, 'b1'),
  },
  {
    title: 'clone',
    prepare: one,
    command: ['clone', 'a1', 'b1'],
    doneAlready: /'b1'/,
    after: async (home) => {
      const { a1, b1 } = Object.fromEntries(await rows(home))
      assert.deepEqual([work(a1?.workspace ?? ''), work(b1?.workspace ?? '')], ['a1', 'a1'])
      assert.equal(existsSync(home.file('secrets', b1?.id ?? '')), true)
    },
  },
  {
    title: 'clean',
    prepare: async (home) => {
      await one(home)
      await deadAgent(home, 'a2')
    },
    command: ['clean', '--force'],
    after: async (home) => {
      assert.deepEqual([...(await rows(home)).keys()], [])
      assert.deepEqual((await trash(home)).map(({ name }) => name).sort(), ['a1', 'a2'])
    },
  },
  {
    title: 'purge',
    prepare: one,
    start: sleeping,
    command: ['purge', '--force'],
    after: async (home) => {
      assert.deepEqual([...(await rows(home)).keys()], [])
      assert.deepEqual((await trash(home)).map(({ name }) => name).sort(), ['a1', 's1'])
    },
  },
  {
    title: 'trash restore',
    prepare: async (home) => {
      await one(home)
      await home.ok('clean', '--force')
    },
    command: ['trash', 'restore', 'a1'],
    doneAlready: /holds no agent 'a1'|there is an agent 'a1'/,
    after: async (home) => {
      assert.deepEqual(await trash(home), [])
      assert.match(await home.ok('logs', 'a1'), /said/)
    },
  },
  {
    title: 'trash empty',
    prepare: async (home) => {
      await deadAgent(home, 'gone')
      await home.ok('clean', '--force')
      await one(home)
    },
    command: ['trash', 'empty', '--force'],
    after: async (home) => assert.deepEqual(await trash(home), []),
  },
  {
    title: 'env set',
    prepare: async (home) => {
      await one(home)
      await home.ok('env', 'set', 'FIRST=one')
    },
    command: ['env', 'set', 'SECOND=two'],
    after: async (home) => {
      assert.deepEqual(
        [await home.ok('env', 'get', 'FIRST'), await home.ok('env', 'get', 'SECOND')],
        ['one\n', 'two\n'],
      )
    },
  },
  {
    title: 'config set',
    prepare: async (home) => {
      await one(home)
      writeFileSync(home.file('config'), '# mine\nAGENTVM_TRASH_DAYS=9\n', { mode: 0o600 })
    },
    command: ['config', 'set', 'AGENTVM_KILL_GRACE=2'],
    after: async (home) => {
      assert.match(home.read('config'), /^# mine\nAGENTVM_TRASH_DAYS=9\n.*AGENTVM_KILL_GRACE=/s)
    },
  },
  {
    title: 'net --allow',
    prepare: nothing,
    start: async (home) => {
      await home.ok('spawn', 's1', '--', 'sleep', '3000')
    },
    command: ['net', 's1', '--allow', 'example.org'],
    after: async (home) => assert.match(await home.ok('net', 's1'), /example\.org/),
  },
]
