import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IdentityReport } from '../../../../src/agents/identity/manage.ts'
import { until } from '../../agentvm.ts'
import { GitlawbNode } from '../../gitlawb-node.ts'
import type { FaultyHome } from '../faulty-home.ts'
import { deadAgent, type FaultScenario, nothing, SLEEP, userFile, WORK } from '../scenario.ts'

/** A node on loopback that takes every identity. */
async function serve() {
  const node = await GitlawbNode.start()
  return { env: { GITLAWB_NODE: node.url }, stop: () => node.stop() }
}
/** No node: who asks is refused at once. */
async function offline() {
  return { env: { GITLAWB_NODE: 'http://127.0.0.1:9' }, stop: () => {} }
}

const withIdentity = async (home: FaultyHome) => {
  await deadAgent(home, 'a1', '--gitlawb')
  userFile(home, 'passphrase', 'open sesame')
}
/** As {@link withIdentity}, of which the network knows nothing yet. */
const unregistered = async (home: FaultyHome) => {
  const { env } = await offline()
  const command = ['--net', 'none', '--', 'sh', '-c', `echo a1 >${WORK}; exit 3`]
  for (const args of [
    ['spawn', 'a1', '--gitlawb', ...command],
    ['wait', 'a1'],
  ])
    assert.equal((await home.run(args, { env })).code, 0)
}
const report = (home: FaultyHome) => home.json<IdentityReport>('identity', 'show', 'a1')
const passphrase = (home: FaultyHome) => ['--passphrase-file', userFile(home, 'passphrase')]

/** The agent has a key that works, which is the one on record; each other one has an end. */
async function whole(home: FaultyHome): Promise<IdentityReport> {
  const shown = await report(home)
  const current = shown.keys.filter(({ valid_until }) => valid_until === null)
  assert.deepEqual(
    current.map(({ did, status }) => [did, status]),
    [[shown.did, 'current']],
  )
  userFile(home, 'to-sign', 'text')
  const signed = await home.json<{ did: string }>('identity', 'sign', 'a1', userFile(home, 'to-sign'))
  assert.equal(signed.did, shown.did, 'the key that signs is the one on record')
  return shown
}

/** Identities of agents, their keys and what is made of them. */
export const IDENTITY_SCENARIOS: FaultScenario[] = [
  {
    title: 'spawn with an identity',
    serve,
    prepare: nothing,
    command: ['spawn', 'a1', '--gitlawb', ...SLEEP],
    doneAlready: /already running/,
    after: async (home) => {
      assert.equal((await whole(home)).keys.length, 1)
    },
  },
  {
    title: 'identity rotate',
    serve: offline,
    prepare: withIdentity,
    command: ['identity', 'rotate', 'a1', '--reason', 'old'],
    whole: async (home) => {
      await whole(home)
    },
    after: async (home) => {
      const { keys } = await whole(home)
      assert.ok(keys.length >= 2, 'it has another key')
      assert.ok(
        keys.slice(0, -1).every(({ status }) => status === 'rotated'),
        'the old one has ended',
      )
    },
  },
  {
    title: 'identity rotate of a running agent',
    serve: offline,
    prepare: nothing,
    start: async (home) => {
      await home.ok('spawn', 'a1', '--gitlawb', ...SLEEP)
    },
    command: ['identity', 'rotate', 'a1'],
    whole: async (home) => {
      await whole(home)
    },
    after: async (home) => {
      assert.ok((await whole(home)).keys.length >= 2)
    },
  },
  {
    title: 'identity revoke',
    serve: offline,
    prepare: withIdentity,
    command: ['identity', 'revoke', 'a1', '--force'],
    whole: async (home) => {
      const { code } = await home.run(['identity', 'show', 'a1'])
      if (code === 0) await whole(home)
    },
    doneAlready: /has no identity/,
    after: async (home) => {
      const [id = ''] = readdirSync(home.file('identities')).filter((name) => /^[a-z0-9]{8}$/.test(name))
      assert.match(home.read('identities', id, 'keys.json'), /"status": "revoked"/)
      assert.equal(existsSync(home.file('identities', id, 'identity.pem')), false, 'the key is destroyed')
    },
  },
  {
    title: 'identity backup',
    serve: offline,
    prepare: withIdentity,
    command: (home) => [
      'identity',
      'backup',
      'a1',
      '--output',
      userFile(home, 'backup.json'),
      ...passphrase(home),
    ],
    doneAlready: /is there already/,
    after: async (home) => {
      await home.ok('identity', 'restore', 'a1', userFile(home, 'backup.json'), ...passphrase(home))
      await whole(home)
    },
  },
  {
    title: 'identity restore',
    serve: offline,
    prepare: async (home) => {
      await withIdentity(home)
      await home.ok(
        'identity',
        'backup',
        'a1',
        '--output',
        userFile(home, 'backup.json'),
        ...passphrase(home),
      )
      await home.ok('identity', 'rotate', 'a1')
    },
    command: (home) => [
      'identity',
      'restore',
      'a1',
      userFile(home, 'backup.json'),
      '--force',
      ...passphrase(home),
    ],
    whole: async (home) => {
      await whole(home)
    },
    after: async (home) => {
      const { keys } = await whole(home)
      assert.equal(keys.at(-1)?.did, keys[0]?.did, 'it has the key of the backup')
    },
  },
  {
    title: 'identity register',
    prepare: unregistered,
    serve,
    reports: true,
    command: ['identity', 'register', 'a1'],
    after: async (home) => assert.equal((await report(home)).registered, true),
  },
  {
    title: 'identity register --pending',
    prepare: unregistered,
    serve,
    reports: true,
    command: ['identity', 'register', '--pending'],
    doneAlready: /is registering identities right now/,
    after: (home) => until(async () => (await report(home)).registered, 'a registration').then(() => {}),
  },
  {
    title: 'identity export --private',
    serve: offline,
    prepare: withIdentity,
    command: (home) => ['identity', 'export', 'a1', '--private', '--output', userFile(home, 'key.pem')],
    doneAlready: /is there already/,
    after: async (home) =>
      assert.match(readFileSync(userFile(home, 'key.pem'), 'utf8'), /-----END PRIVATE KEY-----\s*$/),
  },
]
