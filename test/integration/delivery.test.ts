import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { TestHome, until } from '../support/agentvm.ts'

/** Stands for an agent CLI that says itself what it does. It works on a prompt until it is told to go on, or interrupted; `quick` ones take no time. */
const STAND_IN = `#!/bin/sh
say() { echo "{\\"event\\":\\"$1\\",\\"session\\":\\"s-1\\",\\"at\\":$(date +%s)}" >>"$HOME/events.jsonl"; }
trap 'stopped=1' INT
echo "started with $*"
while printf 'ready> ' && read -r prompt; do
  stopped=
  say prompt
  case $prompt in quick*) ;; *)
    printf '* at work on %s\\n' "$prompt"
    while [ ! -e go ] && [ -z "$stopped" ]; do sleep 0.05; done; rm -f go ;;
  esac
  say stop
  echo "$prompt" >>done
done
`

const PROFILE = {
  prompt: { via: 'typed' },
  interruptKeys: ['C-c'],
  resume: { id: ['--continue', '{id}'] },
  events: {
    file: 'events.jsonl',
    time: 'at',
    session: { field: 'session' },
    rules: [
      { id: 'prompt', when: { event: 'prompt' }, state: 'working', prompt: true },
      { id: 'stop', when: { event: 'stop' }, state: 'idle' },
    ],
  },
  activity: {
    rules: [
      { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^\\* at work' },
      { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
    ],
  },
}

interface Sent {
  outcome: string
  duplicate: boolean
  taken: boolean | null
  evidence: string | null
}

describe('messages for an agent', () => {
  let home: TestHome
  const done = () =>
    readdirSync(home.file('workspaces/a1')).includes('done')
      ? home.read('workspaces/a1/done').trimEnd().split('\n')
      : []
  const send = async (...args: string[]) => JSON.parse(await home.ok('exec', 'a1', '--json', ...args)) as Sent
  const goOn = () => writeFileSync(home.file('workspaces/a1/go'), '')
  const waiting = async () => (await home.json<{ id: string }[]>('queue', 'list', 'a1')).map(({ id }) => id)
  const idle = () => home.ok('wait', 'a1', '--until', 'idle', '--timeout', '60')

  before(async () => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    const command = ['sh', '-c', STAND_IN, 'stand-in']
    writeFileSync(home.file('profiles/standin.json'), JSON.stringify({ ...PROFILE, command }))
    await home.ok('spawn', 'a1', '-p', 'standin', '--net', 'none')
    await idle()
  })
  after(() => home.remove())

  it('wait in a queue while it works, each once, and are shown and taken back', async () => {
    const first = await send('--queue', '--id', 'one', 'first')
    assert.deepEqual([first.outcome, first.taken, first.duplicate], ['accepted', true, false])
    assert.match(first.evidence ?? '', /^events/)
    assert.match(await home.ok('exec', 'a1', '--queue', '--id', 'two', 'second'), /^a1: queued as two/)
    const [again, before] = await Promise.all([
      send('--queue', '--id', 'two', 'second'),
      send('--id', 'one', 'first'),
    ])
    assert.deepEqual([again.outcome, again.duplicate], ['queued', true])
    assert.deepEqual([before.outcome, before.duplicate], ['accepted', true])
    await home.ok('exec', 'a1', '--queue', '--id', 'gone', 'never')
    await home.ok('exec', 'a1', '--queue', '--id', 'three', 'quick third')
    assert.deepEqual(await waiting(), ['two', 'gone', 'three'])
    assert.match(await home.ok('info', 'a1'), /^messages +3 waiting: two \(\d+[sm]\), gone/m)
    assert.equal(await home.ok('queue', 'remove', 'a1', 'gone'), 'a1: gone taken back\n')
    const missing = await home.run(['queue', 'remove', 'a1', 'gone'])
    assert.deepEqual([missing.code, /no message 'gone'/.test(missing.stderr)], [1, true])
    assert.equal((await home.run(['queue', 'remove', 'a1'])).code, 2)
    assert.equal((await home.run(['queue', 'remove', 'a1', 'two', '--all'])).code, 2)
  })

  it('are refused with a reason where it isn’t idle', async () => {
    const refused = await home.run(['exec', 'a1', '--if-idle', '--json', 'x'])
    assert.equal(refused.code, 1)
    const { outcome, reason } = JSON.parse(refused.stdout)
    assert.deepEqual([outcome, reason], ['refused', 'working'])
    const [row] = JSON.parse((await home.run(['broadcast', '--json', '--if-idle', 'x'])).stdout)
    assert.deepEqual([row.ok, row.outcome, row.reason], [false, 'refused', 'working'])
    const bad = await home.run(['exec', 'a1', '--id', '-x', 'y'])
    assert.equal(bad.code, 2)
  })

  it('survive a restart, which resumes its conversation, and are sent in their order once it is idle', async () => {
    assert.equal((await home.json<{ conversation: string }>('info', 'a1')).conversation, 's-1')
    assert.deepEqual(done(), [])
    await home.ok('restart', 'a1')
    await until(
      async () => /started with --continue s-1/.test(await home.ok('logs', 'a1', '--screen')),
      'its first line',
    )
    await until(async () => (await waiting()).join() === 'three', 'the second message')
    goOn()
    await until(() => done().length === 2, 'the third message')
    assert.deepEqual(done(), ['second', 'quick third'])
    await until(async () => (await waiting()).length === 0, 'the end of the queue')
  })

  it('of several senders at once come whole, one after the other', async () => {
    const before = done().length
    const all = ['quick a', 'quick b', 'quick c']
    const results = await Promise.all(all.map((text) => home.run(['exec', 'a1', '--wait', text])))
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
    )
    // It has taken the last one, and may still be at work on it.
    await until(() => done().length >= before + all.length, 'all of them')
    assert.deepEqual(done().slice(before).sort(), all)
  })

  it('stop what it does, with --interrupt', async () => {
    await idle()
    await home.ok('exec', 'a1', 'long work')
    const sent = await send('--interrupt', 'quick other')
    assert.equal(sent.outcome, 'accepted')
    await until(() => done().at(-1) === 'quick other', 'the other work')
    assert.equal(done().at(-2), 'long work')
  })

  it('can wait for one that is dead, and go with it to the trash', async () => {
    await home.ok('kill', 'a1')
    await home.ok('exec', 'a1', '--queue', '--id', 'later', 'quick later')
    assert.deepEqual(await waiting(), ['later'])
    assert.equal((await home.run(['exec', 'a1', 'now'])).code, 1)
    await home.ok('clean', 'a1', '--force')
    const left = readdirSync(home.file('messages')).filter((name) => !name.startsWith('attendant'))
    assert.deepEqual(left, [])
  })
})

describe('messages for a program that never reads', () => {
  const home = new TestHome()
  after(() => home.remove())

  it('are answered in time and in words, however full its terminal is, and hold up neither others nor its end', async () => {
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    const { events: _, ...profile } = PROFILE
    for (const [name, mode] of [
      ['cooked', ''],
      ['raw', 'stty raw -echo; '],
    ]) {
      const command = ['sh', '-c', `${mode}printf 'ready> '; exec sleep 1000`]
      writeFileSync(home.file(`profiles/${name}.json`), JSON.stringify({ ...profile, command }))
      await home.ok('spawn', `${name}`, '-p', `${name}`, '--net', 'none', '-t', 'deaf=yes')
    }
    await home.ok('spawn', 'other', '--net', 'none', '--', 'cat')
    const lines = home.file('lines')
    writeFileSync(lines, `${'x'.repeat(70)}\n`.repeat(850))
    const line = home.file('line')
    writeFileSync(line, 'x'.repeat(60_000))
    await home.ok('wait', 'raw', '--until', 'idle', '--timeout', '60')
    const start = Date.now()
    const [all, sent, queued, tooLong] = await Promise.all([
      home.ok('broadcast', '--tag', 'deaf=yes', '--file', lines),
      home.ok('send', 'cooked', lines),
      home.ok('exec', 'cooked', '--queue', '--file', lines),
      home.run(['exec', 'cooked', '--file', line]),
      home.ok('exec', 'other', 'hello'),
    ])
    assert.match(all, /^cooked: 60349 bytes typed/m)
    assert.match(all, /^raw: 60349 bytes typed, but nothing moved yet$/m)
    assert.match(sent, /^cooked: 60349 bytes typed/)
    assert.match(queued, /^cooked: (?:queued as|60349 bytes typed)/)
    assert.equal(tooLong.code, 1)
    assert.match(tooLong.stderr, /line 1 has 60000 bytes/)
    assert.ok(Date.now() - start < 100_000)
    await until(async () => (await home.ok('logs', 'other')).includes('hello\nhello'), 'the echo')
    for (const name of ['raw', 'cooked']) assert.equal(await home.ok('kill', name), `${name}: killed\n`)
  })
})
