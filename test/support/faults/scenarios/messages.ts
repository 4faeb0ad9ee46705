import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { MessageQueue, type QueuedMessage } from '../../../../src/agents/messages/queue.ts'
import type { FaultyHome } from '../faulty-home.ts'
import { type FaultScenario, rows, userFile } from '../scenario.ts'

/** A CLI whose screen tells whether it works or is idle. */
const PROFILE = {
  prompt: { via: 'typed' },
  activity: {
    rules: [
      { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^at work' },
      { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
    ],
  },
}
const STAND_IN = ['--net', 'none', '-p', 'stand-in']
const COMMAND = [
  'sh',
  '-c',
  'while printf "ready> " && read -r line; do echo "$line" >>got; echo at work; sleep 0.3; done',
]

async function standIn(home: FaultyHome): Promise<void> {
  mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
  writeFileSync(home.file('profiles/stand-in.json'), JSON.stringify({ ...PROFILE, command: COMMAND }))
}

const start = async (home: FaultyHome) => {
  await home.ok('spawn', 's1', ...STAND_IN)
  await home.ok('wait', 's1', '--until', 'idle', '--timeout', '20')
}
const dead = async (home: FaultyHome) => {
  await standIn(home)
  await home.ok('spawn', 's1', ...STAND_IN)
  await home.ok('kill', 's1')
}

/** What the agent read, line by line: none, or the message once. Never a half, never twice. */
const got = (home: FaultyHome, name = 's1') => {
  const path = home.file('workspaces', name, 'got')
  const lines = existsSync(path) ? home.read('workspaces', name, 'got').trimEnd().split('\n') : []
  assert.ok(
    lines.length <= 1 && lines.every((line) => line === 'do that'),
    `it read ${JSON.stringify(lines)}`,
  )
}
const waiting = async (home: FaultyHome) =>
  (await home.json<QueuedMessage[]>('queue', 'list', 's1')).map(({ id, bytes }) => [id, bytes])

/** What is typed, or waits to be typed. */
export const MESSAGE_SCENARIOS: FaultScenario[] = [
  {
    title: 'exec --id',
    prepare: standIn,
    start,
    command: ['exec', 's1', '--id', 'k1', 'do that'],
    after: async (home) => got(home),
  },
  {
    title: 'send --id',
    prepare: async (home) => {
      await standIn(home)
      userFile(home, 'task', 'do that')
    },
    start,
    command: (home) => ['send', 's1', userFile(home, 'task'), '--id', 'k1'],
    after: async (home) => got(home),
  },
  {
    title: 'broadcast --id',
    prepare: standIn,
    start,
    command: ['broadcast', '--id', 'k1', 'do that'],
    after: async (home) => got(home),
  },
  {
    title: 'exec --queue',
    prepare: dead,
    command: ['exec', 's1', '--queue', '--id', 'k1', 'do that'],
    after: async (home) => assert.deepEqual(await waiting(home), [['k1', 7]]),
  },
  {
    title: 'queue remove',
    prepare: async (home) => {
      await dead(home)
      await home.ok('exec', 's1', '--queue', '--id', 'k1', 'do that')
      await home.ok('exec', 's1', '--queue', '--id', 'k2', 'and this')
    },
    command: ['queue', 'remove', 's1', 'k1'],
    doneAlready: /no message 'k1' waits/,
    after: async (home) => assert.deepEqual(await waiting(home), [['k2', 8]]),
  },
  {
    title: 'attend',
    persists: true,
    prepare: standIn,
    start: async (home) => {
      await start(home)
      const id = (await rows(home)).get('s1')?.id ?? ''
      await new MessageQueue(home.file('messages', id)).add('k1', Buffer.from('do that'))
    },
    command: ['attend'],
    after: async (home) => got(home),
  },
]
