import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageQueue } from '../../src/agents/messages/queue.ts'

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

  it('bears a half-written line among the ids that it remembers', async () => {
    assert.equal(await queue.claim('a'), undefined)
    assert.equal(await queue.claim('a'), 'accepted')
    const path = join(folder, 'sent.jsonl')
    writeFileSync(path, `${readFileSync(path, 'utf8')}"b`)
    assert.deepEqual([wasSent('a'), wasSent('b')], [true, false])
  })
})
