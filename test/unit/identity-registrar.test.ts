import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import gitlawb from '../../plugins/gitlawb/src/index.ts'
import type { Context } from '../../src/agents/context.ts'
import { withItsIdentity } from '../../src/agents/identity/give-identity.ts'
import { listIdentities } from '../../src/agents/identity/manage.ts'
import { registerPending } from '../../src/agents/identity/register.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { Home } from '../../src/settings/home.ts'
import { GitlawbNode, type NodeBehaviour } from '../support/gitlawb-node.ts'

/** No spawn asks a node: what can be wrong with one is this process's to bear. */
describe('registering identities in the background', () => {
  let folder: string
  let context: Context
  let node: GitlawbNode
  const before = process.env.GITLAWB_NODE

  async function start(behaviour: NodeBehaviour = {}): Promise<void> {
    node = await GitlawbNode.start(behaviour)
    process.env.GITLAWB_NODE = node.url
  }
  let warnings: string[] = []
  beforeEach(() => {
    warnings = []
    folder = mkdtempSync(join(tmpdir(), 'agentvm-registrar-'))
    const home = new Home({ AGENTVM_HOME: folder })
    context = {
      ...{
        home,
        store: new AgentStore(home),
        caller: process.env,
        warn: (line: string) => void warnings.push(line),
      },
      extensions: { identity: async () => gitlawb },
    } as unknown as Context
  })
  afterEach(() => {
    node.stop()
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete process.env.GITLAWB_NODE
    else process.env.GITLAWB_NODE = before
  })

  /** An agent on record that has just been given an identity, as a spawn does it. */
  async function agent(number: number, required = false): Promise<AgentRecord> {
    const [id, name] = [`agent${String(number).padStart(3, '0')}`, `w-${number}`]
    const record = {
      ...decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: id }, name),
      home: join(folder, 'homes', id),
    }
    mkdirSync(record.home, { recursive: true })
    const identity = { provider: gitlawb, mode: 'socket' as const, required }
    const known = await withItsIdentity(context, { identity }, record)
    context.store.save(known)
    return known
  }
  const registered = () => listIdentities(context).filter((row) => row.registered).length

  it('brings a swarm of fifty in, as the limit of its node lets it, and asks no more than that takes', async function () {
    this.timeout(120_000)
    await start({ limit: { registrations: 20, windowMs: 900, retryAfter: 1 } })
    for (let number = 1; number <= 50; number += 1) await agent(number)
    assert.equal(node.requests.length, 0)
    const rows = await registerPending(context)
    assert.deepEqual([rows.length, registered(), node.ended.size], [50, 50, 0])
    // Those that were let in, and one refusal for each time that the limit was reached.
    assert.ok(node.requests.length <= 54, `${node.requests.length} requests`)
  })

  it('takes up who comes while it is at work, and drops who goes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await start({ limit: { registrations: 1, windowMs: 400, retryAfter: 1 }, waitsFor: promise })
    await agent(1)
    const gone = await agent(2)
    const work = registerPending(context)
    context.store.remove(gone.name)
    await agent(3)
    resolve()
    await work
    assert.deepEqual(
      listIdentities(context).map(({ name, registered }) => [name, registered]),
      [
        ['w-1', true],
        ['w-3', true],
      ],
    )
  })

  it('is done by one at a time', async () => {
    await start({ limit: { registrations: 1, windowMs: 400, retryAfter: 1 } })
    for (const number of [1, 2]) await agent(number)
    const first = registerPending(context)
    await assert.rejects(registerPending(context), /another agentvm is registering/)
    await first
    assert.equal(registered(), 2)
  })

  it('asks a node that refuses a key no second time', async () => {
    await start({ answers: (r) => r.writeHead(403).end('{"message":"not you"}') })
    for (const number of [1, 2]) await agent(number)
    await registerPending(context)
    await registerPending(context)
    assert.equal(node.requests.length, 2)
    assert.match(listIdentities(context)[0]?.reason ?? '', /refuses \(403: not you\)/)
  })

  it('goes on without one that its disk keeps from asking, which the next call asks for again', async () => {
    await start()
    const kept = await agent(1)
    await agent(2)
    const obstacle = join(context.home.identityDir(kept.id), 'ucan.json')
    mkdirSync(join(obstacle, 'x'), { recursive: true })
    const rows = await registerPending(context)
    assert.deepEqual([rows.length, registered()], [2, 1])
    assert.match(listIdentities(context)[0]?.reason ?? '', /ucan\.json/)
    rmSync(obstacle, { recursive: true })
    await registerPending(context)
    assert.equal(registered(), 2)
  })

  it('is done where only the history can’t be written, which is said', async () => {
    await start()
    await agent(1)
    rmSync(context.home.events, { force: true })
    mkdirSync(context.home.events)
    await registerPending(context)
    assert.equal(registered(), 1)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /^w-1: its registration is not in the history: /)
  })

  it('asks again where a node that limits the rate names no wait', async () => {
    await start({ limit: { registrations: 1, windowMs: 400, retryAfter: 0 } })
    for (const number of [1, 2]) await agent(number)
    await registerPending(context)
    assert.equal(registered(), 2)
  })

  it('does not wait for a node that wants an hour', async () => {
    await start({ limit: { registrations: 1, windowMs: 60_000, retryAfter: 3_600 } })
    for (const number of [1, 2, 3]) await agent(number)
    await registerPending(context)
    assert.deepEqual([registered(), node.requests.length], [1, 2])
  })

  const hostile: [what: string, behaviour: NodeBehaviour][] = [
    ['refuses', { answers: (r) => r.writeHead(403).end('{}') }],
    ['limits the rate', { answers: (r) => r.writeHead(429).end() }],
    ['redirects', { answers: (r) => r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end() }],
    ['answers without end', { answers: (r) => r.writeHead(201).end('x'.repeat(1_000_000)) }],
    ['says something wrong', { answers: (r) => r.writeHead(201).end('{"ucan":7}') }],
    ['hangs up', { answers: (r) => r.destroy() }],
  ]
  for (const [what, behaviour] of hostile) {
    it(`stops a spawn that requires it where the node ${what}, and no other`, async function () {
      this.timeout(30_000)
      await start(behaviour)
      assert.equal((await agent(1)).gitlawb, true)
      await assert.rejects(agent(2, true), /its identity is required/)
    })
  }
})
