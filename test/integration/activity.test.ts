import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { TestHome, until } from '../support/agentvm.ts'

/** Stands for an agent CLI: it asks for a prompt, works on it until told to go on, and may ask a question. */
const STAND_IN = `#!/bin/sh
sleep 0.3
while printf 'ready> ' && read -r prompt; do
  clear
  case $prompt in
  ask*) printf 'Delete everything? (y/n) ' && read -r _ ;;
  *) printf '* at work on %s\\n' "$prompt"; while [ ! -e go ]; do sleep 0.05; done; rm go ;;
  esac
  printf 'done with %s\\n' "$prompt"
done
`

const PROFILE = {
  prompt: { via: 'typed' },
  activity: {
    rules: [
      { id: 'asks', state: 'waiting', reason: 'question', in: 'bottom', lines: 1, match: '\\(y/n\\)$' },
      { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^\\* at work' },
      { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
    ],
  },
}

interface Row {
  activity: string
  activity_reason: string | null
  activity_source: string
  activity_evidence: string
  activity_since: string | null
}

describe('the activity of an agent', () => {
  let home: TestHome
  const row = async () => (await home.json<Row[]>('list'))[0] as Row
  const becomes = (activity: string) => until(async () => (await row()).activity === activity, activity)
  const goOn = () => writeFileSync(home.file('workspaces/a1/go'), '')

  beforeEach(async () => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    const command = ['sh', '-c', STAND_IN]
    writeFileSync(home.file('profiles/standin.json'), JSON.stringify({ ...PROFILE, command }))
    await home.ok('spawn', 'a1', '-p', 'standin', '--net', 'none')
  })
  afterEach(() => home.remove())

  it('is shown everywhere, with the rule that says so and since when', async () => {
    await becomes('idle')
    const { activity_source, activity_evidence, activity_since } = await row()
    assert.deepEqual([activity_source, activity_evidence], ['screen', 'prompt: "ready>" in bottom'])
    assert.match(activity_since ?? '', /^\d{4}-\d\d-\d\dT/)
    assert.match(await home.ok('info', 'a1'), /^activity +idle.*prompt: "ready>"/m)
    assert.match(await home.ok('activity', 'explain', 'a1'), /^state +idle$/m)
    const [ps] = await home.json<{ activity: string }[]>('ps')
    assert.equal(ps?.activity, 'idle')
  })

  it('follows the agent from idle to work, to a question, and to its end', async () => {
    await becomes('idle')
    assert.match(await home.ok('exec', 'a1', 'the first'), /and it began/)
    assert.equal((await row()).activity, 'working')
    assert.deepEqual(await home.json('list', '--activity', 'idle'), [])
    goOn()
    await becomes('idle')
    await home.ok('exec', 'a1', 'ask me')
    await becomes('waiting')
    assert.equal((await row()).activity_reason, 'question')
    await home.ok('kill', 'a1')
    assert.equal((await row()).activity, 'exited')
  })

  it('can be waited for', async () => {
    await home.ok('wait', 'a1', '--until', 'idle', '--timeout', '60')
    await home.ok('exec', 'a1', 'some work')
    await becomes('working')
    const late = await home.run(['wait', 'a1', '--until', 'idle', '--timeout', '0.5'])
    assert.equal(late.code, 124, late.stderr)
    const waiting = home.run(['wait', 'a1', '--until', 'idle', '--timeout', '60', '--json'])
    goOn()
    const [waited] = JSON.parse((await waiting).stdout)
    assert.equal(waited.activity, 'idle')
    await home.ok('exec', 'a1', 'ask me')
    assert.match(await home.ok('wait', 'a1', '--until', 'waiting', '--timeout', '60'), /waiting: question/)
  })

  it('decides whether text is typed, with --if-idle and --wait', async () => {
    await becomes('idle')
    await home.ok('exec', 'a1', '--if-idle', 'first')
    const refused = await home.run(['exec', 'a1', '--if-idle', 'second'])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /not idle: working/)
    const late = await home.run(['exec', 'a1', '--wait', '--timeout', '0.5', 'third'])
    assert.equal(late.code, 124)
    const patient = home.run(['exec', 'a1', '--wait', '--timeout', '60', 'fourth'])
    goOn()
    assert.equal((await patient).code, 0)
    assert.match(await home.ok('logs', 'a1', '--screen'), /at work on fourth/)
  })

  it('lets a first prompt be typed when the agent is ready for it', async () => {
    await home.ok('spawn', 'a2', '-p', 'standin', '--net', 'none', '-m', 'go and do it')
    await until(
      async () => /at work on go and do it/.test(await home.ok('logs', 'a2', '--screen')),
      'the work',
    )
  })

  it('goes by rules of the user’s own, and says what is wrong with them', async () => {
    await becomes('idle')
    const own = home.file('profiles/standin.activity.json')
    writeFileSync(
      own,
      JSON.stringify({ rules: [{ id: 'mine', state: 'working', in: 'bottom', match: 'ready' }] }),
    )
    await home.ok('exec', 'a1', '--no-enter', 'x')
    await becomes('working')
    writeFileSync(own, JSON.stringify({ rules: [{ id: 'mine', state: 'busy', in: 'bottom', match: '(' }] }))
    await home.ok('exec', 'a1', '--no-enter', 'y')
    const { stderr, code } = await home.run(['list'])
    assert.equal(code, 0)
    assert.match(stderr, /standin\.activity\.json: .*state/)
  })

  it('is unknown for a command without a profile, which --until and --if-idle refuse', async () => {
    await home.ok('spawn', 'b1', '--net', 'none', '--', 'cat')
    const rows = await home.json<(Row & { name: string })[]>('list')
    assert.equal(rows.find(({ name }) => name === 'b1')?.activity, 'unknown')
    for (const args of [
      ['wait', 'b1', '--until', 'idle'],
      ['exec', 'b1', '--if-idle', 'x'],
      ['exec', 'b1', '--wait', 'x'],
    ]) {
      const { code, stderr } = await home.run(args)
      assert.equal(code, 1, args.join(' '))
      assert.match(stderr, /can't tell/)
    }
  })

  it('of a recorded screen is told as that of a live one', async () => {
    const capture = home.file('capture.json')
    writeFileSync(capture, JSON.stringify({ screen: 'a\nb\nc\nDelete? (y/n)', title: 'x', more: 1 }))
    const verdict = await home.json('activity', 'explain', '--profile', 'standin', '--capture', capture)
    assert.deepEqual(verdict, {
      ...{ state: 'waiting', reason: 'question', source: 'screen' },
      evidence: 'asks: "(y/n)" in bottom',
    })
    writeFileSync(capture, 'no json')
    assert.equal(
      (await home.run(['activity', 'explain', '--profile', 'standin', '--capture', capture])).code,
      2,
    )
    assert.equal((await home.run(['activity', 'explain'])).code, 2)
  })
})
