import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../../src/agents/context.ts'
import { takeBack, waitingMessages } from '../../src/agents/messages/manage.ts'
import { MessageQueue } from '../../src/agents/messages/queue.ts'
import { decodeRecord } from '../../src/agents/state/record-codec.ts'
import { AgentStore } from '../../src/agents/state/store.ts'
import { UserError } from '../../src/errors.ts'
import { Home } from '../../src/settings/home.ts'

const text = (value: string) => Buffer.from(value)
const nothing = async () => undefined

describe('the queue of an agent’s messages', () => {
  let folder: string
  let queue: MessageQueue
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-queue-'))
    queue = new MessageQueue(folder)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const wasSent = (id: string) => queue.outcomeOf(id) === 'accepted'
  const ids = () => queue.list().map(({ id }) => id)
  const sendFirst = (arrived: () => Promise<boolean | undefined> = nothing) =>
    queue.sendFirst(async (bytes, { id }) => `${id}: ${Buffer.from(bytes).toString()}`, arrived)
  /** What is left when whoever was sending the first message is killed over it. */
  const dieOver = () => {
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.msg'))
    renameSync(join(folder, file), join(folder, file.replace('.msg', '.sending')))
  }

  it('keeps messages whole, whatever bytes they have, and their order, also for another process', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
    await queue.add('a', bytes)
    await queue.add('b', text('one\ntwo\n'))
    const later = new MessageQueue(folder)
    assert.deepEqual(
      later.list().map(({ id, bytes: size, state }) => [id, size, state]),
      [
        ['a', 70_000, 'queued'],
        ['b', 8, 'queued'],
      ],
    )
    const sent: Uint8Array[] = []
    const send = async (message: Uint8Array) => void sent.push(message)
    await later.sendFirst(send, nothing)
    await later.sendFirst(send, nothing)
    assert.deepEqual(
      sent.map((message) => Buffer.from(message)),
      [Buffer.from(bytes), text('one\ntwo\n')],
    )
    assert.deepEqual(ids(), [])
  })

  it('remembers what was sent, and takes back what wasn’t', async () => {
    for (const id of ['a', 'b', 'c']) await queue.add(id, text(id))
    assert.equal(await sendFirst(), 'a: a')
    assert.equal(wasSent('a'), true)
    assert.deepEqual(queue.remove(['a', 'b']), ['b'])
    assert.deepEqual(ids(), ['c'])
    await queue.forget('a')
    assert.equal(wasSent('a'), false)
  })

  it('keeps a message, in its place, whose sending fails', async () => {
    await queue.add('a', text('a'))
    await queue.add('b', text('b'))
    await assert.rejects(() => queue.sendFirst(() => Promise.reject(new Error('no terminal')), nothing))
    assert.deepEqual(ids(), ['a', 'b'])
    assert.equal(wasSent('a'), false)
  })

  it('never sends a message again whose sending can’t be noted, as on a full disk', async () => {
    await queue.add('a', text('once'))
    mkdirSync(join(folder, 'sent.jsonl'))
    const sent: string[] = []
    const send = () => queue.sendFirst(async (bytes) => sent.push(Buffer.from(bytes).toString()), nothing)
    await assert.rejects(send())
    rmdirSync(join(folder, 'sent.jsonl'))
    assert.equal(await send(), undefined)
    assert.deepEqual([sent, queue.isWaiting], [['once'], false])
    assert.deepEqual(
      queue.list().map(({ id, state }) => [id, state]),
      [['a', 'unsure']],
    )
  })

  it('goes by the agent’s word where a sender died over a message', async () => {
    await queue.add('a', text('a'))
    dieOver()
    assert.equal(await sendFirst(async () => true), undefined)
    assert.deepEqual([ids(), wasSent('a')], [[], true])
    await queue.add('b', text('b'))
    dieOver()
    assert.equal(await sendFirst(async () => false), 'b: b')
  })

  it('doesn’t send such a message again where nothing tells, and says so', async () => {
    await queue.add('a', text('a'))
    await queue.add('b', text('b'))
    dieOver()
    assert.equal(await sendFirst(), 'b: b')
    assert.deepEqual(
      queue.list().map(({ id, state }) => [id, state]),
      [['a', 'unsure']],
    )
    assert.deepEqual(queue.remove(['a']), ['a'])
  })

  it('takes the same id once, of however many that come at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => queue.add('a', text('a'))))
    assert.deepEqual([all.filter((known) => known === 'queued').length, ids()], [2, ['a']])
    assert.equal(await queue.claim('a'), 'queued')
  })

  it('takes messages, but sends none, while somebody else is sending', async () => {
    await queue.exclusively(async () => {
      await queue.add('a', text('a'))
      assert.equal(await queue.ifFree(() => sendFirst()), undefined)
    })
    assert.equal(await queue.ifFree(() => sendFirst()), 'a: a')
  })

  it('lets one sender at a time', async () => {
    const order: string[] = []
    const send = (name: string) =>
      queue.exclusively(async () => {
        order.push(`${name} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`${name} ends`)
      })
    await Promise.all([send('one'), send('one')])
    assert.deepEqual(order, ['one begins', 'one ends', 'one begins', 'one ends'])
  })

  it('tells of a damaged message, never types it, and sends the next one', async () => {
    for (const id of ['a', 'b', 'c']) await queue.add(id, text(id))
    const [first = '', second = ''] = readdirSync(folder).filter((name) => name.endsWith('.msg'))
    writeFileSync(join(folder, first), '{"id":\na')
    writeFileSync(join(folder, second), 'a half-written one')
    assert.deepEqual(
      queue.list().map(({ id, state }) => [id, state]),
      [
        ['000000000001', 'unsure'],
        ['000000000002', 'unsure'],
        ['c', 'queued'],
      ],
    )
    assert.equal(await sendFirst(async () => false), 'c: c')
    assert.equal(await sendFirst(async () => true), undefined)
    assert.equal(queue.isWaiting, false)
    assert.deepEqual(queue.remove(['000000000001', '000000000002']).length, 2)
  })

  it('bears a half-written line among the ids that it remembers', async () => {
    assert.equal(await queue.claim('a'), undefined)
    assert.equal(await queue.claim('a'), 'accepted')
    const path = join(folder, 'sent.jsonl')
    writeFileSync(path, `${readFileSync(path, 'utf8')}"b`)
    assert.deepEqual([wasSent('a'), wasSent('b')], [true, false])
  })

  it('is made when it is first needed, and is empty until then', async () => {
    const later = new MessageQueue(join(folder, 'not/yet'))
    assert.deepEqual([later.list(), later.isWaiting, later.outcomeOf('a')], [[], false, undefined])
    assert.equal(await later.exclusively(async () => 'done'), 'done')
    assert.equal(statSync(join(folder, 'not/yet')).mode & 0o777, 0o700)
    await new MessageQueue(join(folder, 'another')).add('a', text('a'))
    await new MessageQueue(join(folder, 'third')).forget('a')
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => new MessageQueue(join(folder, 'file/x')).list(), { code: 'ENOTDIR' })
  })

  it('keeps the order of more than ten, and says whether any waits', async () => {
    assert.equal(queue.isWaiting, false)
    const all = Array.from({ length: 12 }, (_, index) => `m${index}`)
    for (const id of all) await queue.add(id, text(id))
    assert.deepEqual(ids(), all)
    assert.equal(queue.isWaiting, true)
    queue.remove(all.slice(1))
    dieOver()
    assert.equal(queue.isWaiting, false, 'nobody can send it')
  })

  it('says when a message was queued', async () => {
    await queue.add('a', text('abc'))
    const [message] = queue.list()
    assert.deepEqual(Object.keys(message ?? {}), ['id', 'queued_at', 'bytes', 'state'])
    assert.ok(Math.abs(Date.parse(message?.queued_at ?? '') - Date.now()) < 60_000)
    assert.match(message?.queued_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('takes nothing else in its folder for a message', async () => {
    writeFileSync(join(folder, 'x1.msg'), '{"id":"no"}\n')
    writeFileSync(join(folder, '1.msg.old'), '{"id":"no"}\n')
    await queue.add('a', text('a'))
    assert.deepEqual(ids(), ['a'])
    assert.equal(await sendFirst(), 'a: a')
    assert.equal(await sendFirst(), undefined)
  })

  it('holds a message as being sent until it was, with the moment at which that began', async () => {
    await queue.add('a', text('a'))
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.msg'))
    utimesSync(join(folder, file), new Date(0), new Date(0))
    const states: string[] = []
    await queue.sendFirst(async (_, { id }) => {
      states.push(...queue.list().map(({ state }) => `${id} ${state}`))
      const being = statSync(join(folder, file.replace('.msg', '.sending')))
      assert.ok(Math.abs(being.mtimeMs - Date.now()) < 60_000)
    }, nothing)
    assert.deepEqual([states, ids(), wasSent('a')], [['a unsure'], [], true])
  })

  it('asks of what a dead sender left since when it was sent', async () => {
    await queue.add('a', text('a'))
    dieOver()
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.sending'))
    utimesSync(join(folder, file), new Date(5_000), new Date(5_000))
    const asked: number[] = []
    await queue.sendFirst(
      async () => {},
      async (since) => {
        asked.push(since)
        return false
      },
    )
    assert.deepEqual([asked, ids()], [[5_000], []])
  })

  it('lets the error of what is sent through, also where nobody else sends', async () => {
    for (const error of [new UserError('refused'), new Error('broken')])
      await assert.rejects(() => queue.ifFree(() => Promise.reject(error)), error)
    rmSync(folder, { recursive: true })
    await assert.rejects(() => queue.ifFree(async () => {}), { code: 'ENOENT' })
  })

  it('remembers the last thousand ids at least, and forgets those before in the end', async () => {
    const path = join(folder, 'sent.jsonl')
    const write = (count: number) =>
      writeFileSync(path, Array.from({ length: count }, (_, index) => `"i${index}"\n`).join(''))
    write(1_999)
    await queue.claim('a')
    assert.deepEqual([wasSent('i0'), wasSent('a')], [true, true])
    await queue.claim('b')
    assert.deepEqual(
      [wasSent('i1000'), wasSent('i1001'), wasSent('a'), wasSent('b')],
      [false, true, true, true],
    )
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 1_001)
    await queue.forget('a')
    assert.deepEqual([wasSent('a'), wasSent('b'), wasSent('i1001')], [false, true, true])
  })
})

describe('messages that wait', () => {
  let home: Home
  let context: Context
  beforeEach(async () => {
    home = new Home({ AGENTVM_HOME: mkdtempSync(join(tmpdir(), 'agentvm-waiting-')) })
    context = { home, store: new AgentStore(home), warn: () => {} } as unknown as Context
    for (const name of ['b', 'a10', 'a2']) {
      context.store.create(
        decodeRecord({ AGENT_FORMAT: '1', AGENT_ID: `id-${name}`, AGENT_LOG_FILE: home.logFile(name) }, name),
      )
      for (const id of ['one', 'two'])
        await new MessageQueue(home.messageQueue(`id-${name}`)).add(`${name}-${id}`, text(id))
    }
  })
  afterEach(() => rmSync(home.root, { recursive: true, force: true }))

  const waiting = (...names: string[]) =>
    waitingMessages(context, names).map(({ agent, id }) => `${agent} ${id}`)

  it('are shown of all agents, or of some, the oldest first', () => {
    assert.deepEqual(waiting(), [
      'a2 a2-one',
      'a2 a2-two',
      'a10 a10-one',
      'a10 a10-two',
      'b b-one',
      'b b-two',
    ])
    assert.deepEqual(waiting('b', 'a2'), ['b b-one', 'b b-two', 'a2 a2-one', 'a2 a2-two'])
    assert.deepEqual(waitingMessages(context, ['b'])[1], {
      ...{ agent: 'b', id: 'b-two', bytes: 3, state: 'queued' },
      queued_at: waitingMessages(context, ['b'])[1]?.queued_at,
    })
    assert.throws(() => waiting('c'), { message: "there is no agent 'c'" })
  })

  it('are reported as lacking where a state file is damaged', () => {
    const warnings: string[] = []
    context.warn = (message) => void warnings.push(message)
    writeFileSync(home.stateFile('b'), 'damaged')
    assert.equal(waiting().length, 4)
    assert.match(warnings.join(), /b\.env is damaged in line 1/)
  })

  it('are taken back, some or all, or none where one isn’t there', async () => {
    await assert.rejects(() => takeBack(context, 'b', ['b-one', 'x', 'y']), {
      message: "no message 'x', 'y' waits for agent 'b'",
    })
    assert.deepEqual(waiting('b'), ['b b-one', 'b b-two'])
    assert.deepEqual(await takeBack(context, 'b', ['b-two']), ['b-two'])
    assert.deepEqual(waiting('b'), ['b b-one'])
    assert.deepEqual(await takeBack(context, 'a2', 'all'), ['a2-one', 'a2-two'])
    assert.deepEqual(await takeBack(context, 'a2', 'all'), [])
    assert.deepEqual(waiting(), ['a10 a10-one', 'a10 a10-two', 'b b-one'])
  })
})
