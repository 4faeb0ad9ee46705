import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addEventHooks, type EventSource } from '@agentvm/sdk'
import claudeCode from '../../profiles/claude-code/src/index.ts'
import codex from '../../profiles/codex/src/index.ts'
import opencode from '../../profiles/opencode/src/index.ts'
import type { Verdict } from '../../src/activity/evaluate.ts'
import { type AgentEvent, readEvents, readSession } from '../../src/activity/events.ts'
import { weigh } from '../../src/activity/weigh.ts'
import { endOfFile, newestFile } from '../../src/agents/home/find-beneath.ts'

const eventsOf = (profile: { events?: EventSource }) => profile.events as EventSource
const AT = Date.parse('2026-11-25T01:00:00Z')
const lines = (...values: (object | string)[]) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('')

describe('an agent’s own events', () => {
  it('say by their last line what it does, when it took a prompt, and which conversation it is', () => {
    const text = lines(
      { event: 'prompt', at: AT / 1000, session: 'one' },
      { event: 'stop', at: AT / 1000 + 5, session: 'one' },
    )
    const { last, promptAt } = readEvents(text, 0, eventsOf(claudeCode))
    assert.deepEqual([last?.rule.id, last?.at, promptAt], ['stop', AT + 5000, AT])
    assert.equal(readSession(text, eventsOf(claudeCode)), 'one')
  })

  it('count the prompts of one time, which may be a whole second', () => {
    const [prompt, stop] = ['prompt', 'stop'].map((event) => ({ event, at: AT / 1000 }))
    const earlier = { event: 'prompt', at: AT / 1000 - 1 }
    const count = (...values: object[]) => readEvents(lines(...values), 0, eventsOf(claudeCode)).promptsThen
    assert.deepEqual(
      [
        count(stop as object),
        count(earlier, prompt as object),
        count(prompt as object, stop as object, prompt as object),
      ],
      [undefined, 1, 2],
    )
  })

  it('are read past lines that are cut off, no JSON, no object, or no event', () => {
    const text = lines('"event":"stop"}', { event: 'stop', at: 'never' }, 'x', '[1]', 'null', {}, '{"event":')
    const { last } = readEvents(text, AT, eventsOf(claudeCode))
    assert.deepEqual([last?.rule.id, last?.at], ['stop', AT])
    assert.deepEqual(readEvents('', AT, eventsOf(claudeCode)), {})
    // What is read of a long file may begin with the end of a line.
    assert.deepEqual(readEvents(`\n\n${text}\n`, AT, eventsOf(claudeCode)).last?.rule.id, 'stop')
    assert.equal(readSession('\n', eventsOf(claudeCode)), undefined)
  })

  it('aren’t forged by a prompt that quotes one, nor by an inherited field', () => {
    const quoted = {
      type: 'response_item',
      payload: { text: '{"type":"event_msg","payload":{"type":"task_complete"}}' },
    }
    assert.deepEqual(readEvents(lines(quoted), AT, eventsOf(codex)), {})
    const source = { ...eventsOf(claudeCode), session: { field: 'constructor.name' } }
    assert.equal(readSession(lines({ event: 'stop' }), source), undefined)
  })

  it('of Codex are those of its session’s log', () => {
    const event = (type: string, timestamp: string) => ({ timestamp, type: 'event_msg', payload: { type } })
    const text = lines(
      event('task_started', '2026-11-25T01:00:00.500Z'),
      event('turn_aborted', '2026-11-25T01:00:01Z'),
    )
    const { last, promptAt } = readEvents(text, 0, eventsOf(codex))
    assert.deepEqual([last?.rule.id, last?.rule.state, promptAt], ['turn-aborted', 'idle', AT + 500])
  })

  it('of OpenCode are those of its log, and its sub-agents’ conversations aren’t its own', () => {
    const text = `timestamp=2026-11-25T01:00:00.000Z level=INFO run=a message=loop session.id=ses_A1 step=0
timestamp=2026-11-25T01:00:01.000Z message=stream session.id=ses_A1 small=false agent=build mode=primary
timestamp=2026-11-25T01:00:02.000Z message=stream session.id=ses_B2 small=false agent=explore mode=subagent
timestamp=2026-11-25T01:00:03.000Z level=ERROR message="message=loop step=0 \\"x\\"" error.error="a=b c=d"
timestamp=2026-11-25T01:00:04.000Z level=INFO run=a message="exiting loop" session.id=ses_A1
`
    const { last, promptAt } = readEvents(text, 0, eventsOf(opencode))
    assert.deepEqual([last?.rule.id, last?.at, promptAt], ['end', AT + 4000, AT])
    assert.equal(readSession(text, eventsOf(opencode)), 'ses_A1')
  })

  it('name no conversation that would be a flag on a command line', () => {
    for (const session of ['--dangerous', '', 'a b', 'x'.repeat(200), '../x', 7, ['a']]) {
      const id = readSession(lines({ event: 'stop', session }), eventsOf(claudeCode))
      assert.equal(id, session === 7 ? '7' : undefined)
    }
  })
})

describe('an agent’s own events against its screen', () => {
  const screen = (state: Verdict['state'], reason: string | null = null): Verdict => ({
    ...{ state, reason, source: state === 'unknown' ? 'none' : 'screen', evidence: 'seen' },
  })
  const event = (state: 'working' | 'waiting' | 'idle', ageMs: number, reason?: string): AgentEvent => ({
    rule: { id: 'it', when: {}, state, ...(reason ? { reason } : {}) },
    at: AT - ageMs,
  })
  const weighed = (seen: Verdict, told: AgentEvent | undefined) => {
    const { state, reason, source } = weigh(seen, told, AT)
    return [state, reason, source]
  }

  it('come first where both agree, or the screen tells nothing', () => {
    assert.deepEqual(weighed(screen('working', 'retrying'), event('working', 60_000)), [
      'working',
      'retrying',
      'events',
    ])
    assert.deepEqual(weighed(screen('idle'), event('idle', 60_000)), ['idle', null, 'events'])
    assert.deepEqual(weighed(screen('unknown'), event('waiting', 60_000, 'permission')), [
      ...['waiting', 'permission', 'events'],
    ])
  })

  it('bear a time that is on no calendar, which an agent can give its file', () => {
    const { state, evidence } = weigh(screen('unknown'), { ...event('idle', 0), at: 1e18 }, AT)
    assert.deepEqual([state, evidence], ['idle', 'it'])
  })

  it('come first for a moment, which a screen needs to show a prompt that was taken', () => {
    assert.deepEqual(weighed(screen('idle'), event('working', 500)), ['working', null, 'events'])
  })

  it('give way to the screen once they are stale: after an Esc or a crash of a turn no event comes', () => {
    assert.deepEqual(weighed(screen('idle'), event('working', 5_000)), ['idle', null, 'screen'])
    assert.deepEqual(weighed(screen('working'), event('waiting', 5_000, 'permission')), [
      'working',
      null,
      'screen',
    ])
    // Nor is a time in the future fresh for ever.
    assert.deepEqual(weighed(screen('idle'), event('working', -60_000)), ['idle', null, 'screen'])
  })

  it('give way to a dialog on the screen, and to the end of the process', () => {
    assert.deepEqual(weighed(screen('waiting', 'question'), event('working', 100)), [
      'waiting',
      'question',
      'screen',
    ])
    assert.deepEqual(weighed(screen('blocker', 'trust'), event('idle', 100)), ['blocker', 'trust', 'screen'])
    const exited: Verdict = { state: 'exited', reason: null, source: 'process', evidence: 'gone' }
    assert.deepEqual(weighed(exited, event('working', 100)), ['exited', null, 'process'])
  })

  it('don’t call it idle while the screen shows work: its sub-agents may go on after its turn', () => {
    assert.deepEqual(weighed(screen('working', 'background-agent'), event('idle', 100)), [
      ...['working', 'background-agent', 'screen'],
    ])
  })
})

describe('a file in an agent’s home', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'agentvm-events-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))
  const write = (path: string, age: number) => {
    mkdirSync(join(home, path, '..'), { recursive: true })
    writeFileSync(join(home, path), path)
    const at = new Date(AT - age * 1000)
    utimesSync(join(home, path), at, at)
  }

  it('is the newest that a pattern names', () => {
    write('s/2026/a-1.jsonl', 10)
    write('s/2025/a-2.jsonl', 5)
    write('s/2026/b-3.jsonl', 1)
    assert.equal(newestFile(home, 's/*/a-*.jsonl'), 's/2025/a-2.jsonl')
    assert.equal(newestFile(home, 's/*/c-*'), undefined)
  })

  it('is never reached through a link, at its end or on the way, and only its end is read', () => {
    const outside = mkdtempSync(join(tmpdir(), 'agentvm-outside-'))
    writeFileSync(join(outside, 'e.jsonl'), 'secret')
    symlinkSync(outside, join(home, 'd'))
    symlinkSync(join(outside, 'e.jsonl'), join(home, 'e.jsonl'))
    assert.equal(newestFile(home, 'e.jsonl'), undefined)
    assert.equal(newestFile(home, 'd/e.jsonl'), undefined)
    assert.equal(newestFile(home, '*/e.jsonl'), undefined)
    assert.equal(endOfFile(home, 'd/e.jsonl', 100), undefined)
    assert.equal(endOfFile(home, 'e.jsonl', 100), undefined)
    rmSync(outside, { recursive: true })
    write('f', 0)
    writeFileSync(join(home, 'f'), 'a long beginning, the end')
    assert.equal(endOfFile(home, 'f', 7)?.text, 'the end')
  })
})

describe('hooks that write an agent’s events', () => {
  const HOOKS = [{ on: 'Stop', as: 'stop', matcher: '*' }]
  it('are added to those that are there, once', () => {
    const own = { hooks: [{ type: 'command', command: 'beep' }] }
    const settings = { model: 'x', hooks: { Stop: [own], Other: [own] } }
    const once = addEventHooks(JSON.stringify(settings), '.x/events.jsonl', HOOKS)
    const twice = addEventHooks(JSON.stringify({ hooks: once }), '.x/events.jsonl', HOOKS)
    assert.deepEqual(twice, once)
    assert.deepEqual((once.Stop as unknown[])[0], own)
    assert.equal((once.Stop as unknown[]).length, 2)
    assert.equal(addEventHooks('no json', 'f', HOOKS).Stop !== undefined, true)
  })

  it('write one short line of what they are told, without the prompt', () => {
    const home = mkdtempSync(join(tmpdir(), 'agentvm-hooks-'))
    // biome-ignore lint/suspicious/noExplicitAny: the form is the CLI's
    const { Stop } = addEventHooks(undefined, 'e.jsonl', HOOKS) as any
    const run = (input: string) =>
      execFileSync('sh', ['-c', Stop[0].hooks[0].command], {
        input,
        env: { PATH: process.env.PATH, HOME: home },
      })
    const prompt = `"session_id":"forged" $(touch ${home}/x) ${'long '.repeat(50_000)}`
    run(JSON.stringify({ session_id: 'b36d-1', cwd: '/workspace', prompt }))
    run(JSON.stringify({ cwd: '/workspace', session_id: 'b36d-2', prompt }))
    run(JSON.stringify({ prompt }))
    run('')
    const written = readFileSync(join(home, 'e.jsonl'), 'utf8').trimEnd().split('\n')
    assert.deepEqual(
      written.map((line) => JSON.parse(line).session),
      ['b36d-1', 'b36d-2', '', ''],
    )
    assert.equal(JSON.parse(written[0] ?? '').event, 'stop')
    rmSync(home, { recursive: true })
  })
})
