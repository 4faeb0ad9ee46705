import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { activityOf } from '../../src/agents/activity/activity.ts'
import { becomesIdle } from '../../src/agents/activity/idle-first.ts'
import { beforeTyping, whetherTaken } from '../../src/agents/activity/taken.ts'
import { attend } from '../../src/agents/attendant/attend.ts'
import { broadcast } from '../../src/agents/delivery/broadcast.ts'
import { Refused } from '../../src/agents/delivery/refused.ts'
import { type SendOptions, type Sent, sendToAgent } from '../../src/agents/delivery/send.ts'
import { sendQueued } from '../../src/agents/delivery/send-queued.ts'
import { MessageQueue } from '../../src/agents/messages/queue.ts'
import { RUN_FILES } from '../../src/agents/spawn/run-files.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { readIfExists } from '../../src/system/files.ts'
import { SILENT, STAND_IN, STANDIN, UNTOLD } from '../support/stand-in.ts'
import { becomes, TerminalHome } from '../support/terminal-agent.ts'

const text = (words: string) => Buffer.from(words)
/** Stands for the program that sends what waits: it only says that it was started. */
const ATTENDANT = `require('fs').appendFileSync(process.env.AGENTVM_HOME + '/attended', process.argv[2] + '\\n')`
const FACTS = { profile: 'standin', createdAt: '2026-01-01T00:00:00Z' }

describe('a message for an agent', function () {
  this.timeout(60_000)
  let home: TerminalHome
  let record: AgentRecord
  before(async () => {
    home = new TerminalHome([STANDIN, SILENT, UNTOLD])
    home.write(join(home.context.root, 'bin/run.cjs'), ATTENDANT)
    record = await home.start('a1', STAND_IN, FACTS)
    assert.ok(await becomes(async () => (await home.screen(record)).includes('ready>')))
  })
  after(() => home.remove())

  const send = (words: string, options: Partial<SendOptions> = {}, name = 'a1') =>
    sendToAgent(home.context, name, text(words), { enter: true, ...options })
  const queue = () => new MessageQueue(home.home.messageQueue(record.id))
  const attendants = () => readIfExists(join(home.home.root, 'attended')) ?? ''
  const done = () => home.read('a1', 'done').split('\n').slice(0, -1)
  const isDone = (words: string) => becomes(() => done().at(-1) === words)
  /** Whether it comes to a turn now, not in one that is over and still on its screen. */
  const begins = (shown: string) =>
    becomes(async () => (await home.screen(record)).trimEnd().split('\n').at(-1) === shown)
  const works = () => begins('* at work on work')
  /** Waits until it is idle, also by what is known of when something was typed. */
  const isIdle = async () => {
    rmSync(join(home.home.runDir(record.id), RUN_FILES.typed), { force: true })
    return becomes(async () => (await activityOf(home.context, record)).state === 'idle')
  }
  /** Lets it end its turn. */
  const goOn = async (words: string) => {
    home.write(`${record.workspace}/go`, '')
    assert.ok(await isDone(words))
  }
  const refused = (work: Promise<Sent>, reason: string, message: RegExp) =>
    assert.rejects(work, (error: Error) => {
      assert.ok(error instanceof Refused, String(error))
      assert.equal(error.reason, reason)
      assert.match(error.message, message)
      return true
    })

  it('is typed now, and seen to be taken', async () => {
    const sent = await send('quick one')
    assert.match(sent.evidence ?? '', /^events: /)
    assert.deepEqual(sent, {
      ...{ name: 'a1', outcome: 'accepted', id: null, duplicate: false, bytes: 9 },
      ...{ entered: true, taken: true, evidence: sent.evidence },
    })
    assert.ok(await isDone('quick one'))
    const half = await send('quick ', { enter: false })
    assert.deepEqual([half.entered, half.taken, half.evidence], [false, null, null])
    await send('two')
    assert.ok(await isDone('quick two'))
  })

  it('is seen to be taken by its own prompt, not by one of the same second', async () => {
    const events = join(record.home, 'events.jsonl')
    const prompt = () => appendFileSync(events, `{"event":"prompt","at":${Math.floor(Date.now() / 1000)}}\n`)
    assert.ok(await isIdle())
    prompt()
    appendFileSync(events, `{"event":"stop","at":${Math.floor(Date.now() / 1000)}}\n`)
    const before = await beforeTyping(home.context, record)
    assert.equal((await whetherTaken(home.context, record, before)).taken, false)
    prompt()
    assert.equal((await whetherTaken(home.context, record, before)).taken, true)
  })

  it('of one id is sent once', async () => {
    assert.equal((await send('quick a', { id: 'x' })).duplicate, false)
    const again = await send('quick b', { id: 'x', when: 'queue' })
    assert.deepEqual(
      [again.outcome, again.duplicate, again.id, again.entered],
      ['accepted', true, 'x', false],
    )
    assert.ok(await isDone('quick a'))
  })

  it('is sent once where nothing can be noted of it, as on a full disk', async () => {
    assert.ok(await isIdle())
    const note = join(home.home.runDir(record.id), RUN_FILES.typed)
    mkdirSync(note)
    assert.equal((await send('quick noted', { id: 'noted' })).outcome, 'accepted')
    assert.ok(await isDone('quick noted'))
    assert.equal((await send('quick noted', { id: 'noted' })).duplicate, true)
    rmdirSync(note)
  })

  it('gives its id back where it can’t be typed', async () => {
    await assert.rejects(() => send('x'.repeat(5000), { id: 'long' }), { message: /line 1 has 5000 bytes/ })
    assert.equal(queue().outcomeOf('long'), undefined)
    assert.equal((await send('quick long', { id: 'long' })).outcome, 'accepted')
    assert.ok(await isDone('quick long'))
  })

  it('finds an agent idle that is, however long the looks at it take, and none that works', async () => {
    assert.ok(await isIdle())
    assert.equal(await becomesIdle(home.context, record, 1), true)
    await send('work')
    assert.ok(await works())
    assert.equal(await becomesIdle(home.context, record, 1), false)
    await goOn('work')
  })

  it('is typed into what an agent works on, or refused, as asked', async () => {
    assert.ok(await isIdle())
    assert.equal((await send('quick idle', { when: 'if-idle' })).taken, true)
    await send('work')
    assert.ok(await works())
    await refused(send('x', { when: 'if-idle' }), 'working', /^agent 'a1' is not idle: working/)
    await assert.rejects(() => send('x', { when: 'idle', timeoutMs: 100 }), { exitCode: 124 })
    const now = await send('quick now')
    assert.deepEqual([now.outcome, now.taken, now.evidence], ['accepted', null, null])
    await goOn('quick now')
  })

  it('waits until the agent is idle', async () => {
    await send('work')
    assert.ok(await works())
    const later = send('quick later', { when: 'idle' })
    await send('quick now')
    home.write(`${record.workspace}/go`, '')
    assert.ok(await isIdle())
    assert.equal((await later).outcome, 'accepted')
    assert.ok(await isDone('quick later'))
    assert.deepEqual(done().slice(-3), ['work', 'quick now', 'quick later'])
  })

  it('is typed at once with --interrupt where the agent is idle', async () => {
    assert.ok(await isIdle())
    await send('quick calm', { when: 'interrupt' })
    assert.ok(await isDone('quick calm'))
    assert.doesNotMatch(await home.screen(record), /\^C/)
  })

  for (const [turn, shown] of [
    ['long work', '* at work on long work'],
    ['limit', '! at its limit'],
  ] as const) {
    it(`stops what the agent does, if asked: ${turn}`, async () => {
      await send(turn)
      // Before it has read the line, an interrupt takes the line away: terminals do so.
      assert.ok(await begins(shown))
      const next = `quick after ${turn}`
      assert.equal((await send(next, { when: 'interrupt' })).outcome, 'accepted')
      assert.ok(await isDone(next))
      assert.deepEqual(done().slice(-2), [turn, next])
    })
  }

  it('goes by the queue where the agent is idle and none waits before it', async () => {
    assert.ok(await isIdle())
    const first = await send('quick first', { when: 'queue', id: 'one' })
    assert.deepEqual([first.outcome, first.id, first.taken], ['accepted', 'one', true])
    assert.match(first.evidence ?? '', /^events/)
    assert.ok(await isDone('quick first'))
    assert.equal(attendants(), '')
  })

  it('waits in the queue while the agent works, for which somebody attends to it', async () => {
    await send('work')
    assert.ok(await works())
    const second = await send('quick second', { when: 'queue' })
    assert.deepEqual([second.outcome, second.duplicate, second.entered], ['queued', false, false])
    assert.match(second.id ?? '', /^[0-9a-f]{8}$/)
    assert.ok(await becomes(() => attendants() === 'attend\n'))
    for (const when of ['queue', 'now'] as const) {
      const again = await send('quick second', { when, id: second.id ?? '' })
      assert.deepEqual([again.outcome, again.duplicate], ['queued', true])
    }
    await goOn('work')
    assert.ok(await isIdle())
    const sent = await queue().exclusively(() => sendQueued(home.context, record, queue()))
    assert.deepEqual([sent?.id, sent?.taken, queue().list()], [second.id, true, []])
    assert.ok(await isDone('quick second'))
  })

  it('is sent by who attends to its agent once that can be done again, and what was wrong said once', async () => {
    assert.ok(await isIdle())
    await queue().add('later', text('quick later'))
    const obstacle = join(home.home.messageQueue(record.id), '999999999999.sending')
    mkdirSync(obstacle)
    const attending = attend(home.context)
    assert.ok(await becomes(() => home.warnings.length > 0))
    await sleep(2_500)
    rmdirSync(obstacle)
    await attending
    assert.ok(await isDone('quick later'))
    assert.equal(home.warnings.length, 1, home.warnings.join('\n'))
    assert.match(home.warnings[0] ?? '', /^agent 'a1': .*EISDIR/)
  })

  it('is not the one that was sent, where another waited before it', async () => {
    await queue().add('before', text('quick before'))
    assert.ok(await isIdle())
    const sent = await send('quick after', { when: 'queue', id: 'after' })
    assert.deepEqual([sent.outcome, sent.id, sent.taken], ['queued', 'after', null])
    assert.ok(await isDone('quick before'))
    assert.ok(await becomes(() => attendants() === 'attend\nattend\n'))
    assert.deepEqual(queue().remove(['after']), ['after'])
  })

  it('waits for an agent that is dead, if it is to wait; all others are refused', async () => {
    const dead = home.record('dead', { ...FACTS, pid: 0, spawner: '' })
    assert.deepEqual((await send('x', { when: 'queue' }, 'dead')).outcome, 'queued')
    await assert.rejects(() => send('x', {}, 'dead'), { message: "agent 'dead' is not running" })
    assert.equal(new MessageQueue(home.home.messageQueue(dead.id)).list().length, 1)
    await assert.rejects(() => send('x', {}, 'a2'), { message: "there is no agent 'a2'" })
    home.record('mute', { ...FACTS, session: '', pid: record.pid, pidStart: record.pidStart })
    await assert.rejects(() => send('x', {}, 'mute'), {
      message: "agent 'mute' runs without a terminal: nothing can be typed",
    })
  })

  it('that depends on what the agent does is refused where nothing tells', async () => {
    for (const [profile, why] of [
      [undefined, /it runs without a profile/],
      ['untold', /the profile 'untold' doesn't say how to tell/],
    ] as const) {
      home.context.store.save({ ...record, profile })
      for (const when of ['if-idle', 'idle', 'queue', 'interrupt'] as const)
        await refused(send('x', { when }), 'unknown', why)
    }
    const sent = await send('quick blind')
    assert.deepEqual([sent.entered, sent.taken, sent.evidence], [true, null, null])
    home.context.store.save(record)
    assert.ok(await isDone('quick blind'))
  })

  it('goes to all that have its tags, and a terminal', async () => {
    assert.ok(await isIdle())
    home.context.store.save({ ...record, tags: { team: 'x' } })
    const outcomes: string[] = []
    const all = (tags: Record<string, string>) =>
      broadcast(home.context, tags, text('quick all'), { enter: true }, ({ name, ok }) =>
        outcomes.push(`${name} ${ok}`),
      )
    assert.deepEqual(await all({ team: 'y' }), [])
    const [one, ...others] = await all({ team: 'x' })
    assert.ok(one?.ok && one.value.taken)
    assert.deepEqual([others, outcomes], [[], ['a1 true']])
    assert.equal((await all({})).length, 1, 'the one without a terminal is left out')
    home.context.store.save(record)
  })
})
