import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import {
  deadAgent,
  type FaultScenario,
  nothing,
  one,
  rows,
  runs,
  SLEEP,
  sleeping,
  userFile,
  workIn,
} from '../scenario.ts'

const RUN_KEEP = ['run', '--keep', '--name', 'r1', '--net', 'none', '--', 'true']

/** Agents that are started, ended and started again. */
export const AGENT_SCENARIOS: FaultScenario[] = [
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
    title: 'spawn with the files of a folder',
    prepare: async (home) => {
      userFile(home, 'project/one', '1')
      userFile(home, 'project/deep/two', '2')
    },
    command: (home) => ['spawn', 's1', '--from-dir', userFile(home, 'project'), ...SLEEP],
    doneAlready: /already running/,
    after: async (home) => {
      await runs(home, 's1')
      assert.equal(home.read('workspaces/s1/one') + home.read('workspaces/s1/deep/two'), '12')
      assert.equal(
        readFileSync(userFile(home, 'project/one'), 'utf8') +
          readFileSync(userFile(home, 'project/deep/two'), 'utf8'),
        '12',
      )
      // Without a copy of how it began, which a warning has said, all of it counts as new.
      const [{ id = '' } = {}] = home.records()
      const isKept = existsSync(home.file('baselines', id, 'manifest'))
      assert.equal((await home.json<{ files: unknown[] }>('diff', 's1')).files.length, isKept ? 0 : 2)
    },
  },
  {
    title: 'swarm',
    prepare: one,
    command: ['swarm', 'w', '2', '-m', 'part {i}', ...SLEEP],
    doneAlready: /already running/,
    after: async (home) => {
      for (const name of ['w-1', 'w-2']) await runs(home, name)
    },
  },
  {
    title: 'run --keep',
    prepare: one,
    command: RUN_KEEP,
    doneAlready: /already running/,
    after: async (home) => {
      await home.ok('wait', 'r1')
      // One that was started by a command that was killed ended with that.
      if ((await rows(home)).get('r1')?.end_reason === 'lost') await home.ok(...RUN_KEEP)
      assert.equal((await rows(home)).get('r1')?.exit_code, 0)
    },
  },
  {
    title: 'run',
    prepare: one,
    command: ['run', '-e', 'A=b', '-m', 'hello', '--net', 'none', '--', 'true'],
    after: async (home) => assert.deepEqual([...(await rows(home)).keys()], ['a1']),
  },
  {
    title: 'restart --fresh',
    prepare: one,
    command: ['restart', 'a1', '--fresh'],
    after: async (home) => {
      await home.ok('wait', 'a1')
      assert.equal((await rows(home)).get('a1')?.exit_code, 3)
    },
  },
  {
    title: 'restart of a running agent',
    prepare: nothing,
    start: sleeping,
    command: ['restart', 's1'],
    after: (home) => runs(home, 's1'),
  },
  {
    title: 'restart --all',
    prepare: async (home) => {
      await one(home)
      await deadAgent(home, 'a2')
    },
    command: ['restart', '--all'],
    after: async (home) => {
      await home.ok('wait', 'a1', 'a2', '--all')
      assert.deepEqual(
        [...(await rows(home)).values()].map(({ name, exit_code }) => [name, exit_code]),
        [
          ['a1', 3],
          ['a2', 3],
        ],
      )
    },
  },
  {
    title: 'up',
    prepare: async (home) => {
      await sleeping(home)
      await home.ok('tmux', 's1', 'kill-server')
      await home.ok('list')
    },
    command: ['up'],
    after: (home) => runs(home, 's1'),
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
    title: 'killall',
    prepare: one,
    start: async (home) => {
      await sleeping(home)
      await home.ok('spawn', 's2', ...SLEEP)
    },
    command: ['killall', '--force'],
    after: async (home) => {
      const reasons = [...(await rows(home)).values()].map(({ end_reason }) => end_reason)
      assert.deepEqual(reasons, ['exited', 'killed', 'killed'])
    },
  },
  {
    title: 'list of an agent whose end nobody has seen',
    prepare: nothing,
    start: async (home) => {
      await sleeping(home)
      await home.ok('tmux', 's1', 'kill-server')
    },
    command: ['list'],
    after: async (home) => assert.equal((await rows(home)).get('s1')?.end_reason, 'lost'),
  },
  {
    title: 'clone',
    prepare: one,
    command: ['clone', 'a1', 'b1'],
    doneAlready: /'b1'/,
    after: async (home) => {
      const { a1, b1 } = Object.fromEntries(await rows(home))
      assert.deepEqual([workIn(a1?.workspace ?? ''), workIn(b1?.workspace ?? '')], ['a1', 'a1'])
      assert.equal(existsSync(home.file('secrets', b1?.id ?? '')), true)
    },
  },
  {
    title: 'clone --start',
    prepare: async (home) => {
      await sleeping(home)
      await home.ok('kill', 's1')
    },
    command: ['clone', 's1', 'b1', '--start'],
    doneAlready: /'b1'/,
    after: async (home) => {
      // One that is cloned and not started yet is whole, and says so.
      if ((await rows(home)).get('b1')?.status !== 'running') await home.ok('restart', 'b1')
      await runs(home, 'b1')
    },
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
    title: 'net --allow',
    prepare: nothing,
    start: async (home) => {
      await home.ok('spawn', 's1', '--', 'sleep', '3000')
    },
    command: ['net', 's1', '--allow', 'example.org'],
    after: async (home) => assert.match(await home.ok('net', 's1'), /example\.org/),
  },
]
