import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { AgentInfo, AgentRow } from '../../src/agents/report/view.ts'
import { processStart } from '../../src/system/processes.ts'
import { awaitsAnEnd, isExecuted, outcome, processesWith, TestHome, until } from '../support/agentvm.ts'

describe('agentvm kill', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const said = (name: string, text: string) =>
    until(async () => (await home.ok('logs', name)).includes(text), `'${text}' in the log of ${name}`)

  it('lets the agent end by TERM, and records how', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--',
      'sh',
      '-c',
      'trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done',
    )
    await said('a1', 'up')
    await home.ok('kill', 'a1', '--grace', '60')
    const info = await home.json<AgentInfo>('info', 'a1')
    assert.deepEqual([info.status, info.exit_code, info.end_reason], ['dead', 5, 'killed'])
    assert.match(await home.ok('logs', 'a1'), /bye\n$/)
    assert.match(home.read('history.log'), /\tkill\ta1\t/)
  })

  it('ends an interactive shell, which ignores TERM, at once', async () => {
    await home.ok('spawn', 'a1', '--', 'bash', '-i')
    await until(() => isExecuted('bash', '-i'), 'the shell')
    const started = Date.now()
    await home.ok('kill', 'a1', '--grace', '60')
    assert.ok(Date.now() - started < 30_000)
  })

  it('sends KILL after the grace to what ignores every signal', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--',
      'sh',
      '-c',
      'trap "" TERM HUP INT; echo up; while :; do sleep 1116; done',
    )
    await said('a1', 'up')
    await home.ok('kill', 'a1', '--grace', '0.2')
    assert.deepEqual(processesWith('sleep\x001116'), [])
    assert.equal((await home.json<AgentInfo>('info', 'a1')).end_reason, 'killed')
  })

  for (const sandbox of ['bwrap', 'none']) {
    it(`leaves no process, detached ones included (${sandbox})`, async () => {
      await home.ok(
        ...['spawn', 'a1', '--sandbox', sandbox, '--', 'sh', '-c'],
        '(setsid sh -c "sleep 1117 & sleep 1117" &) ; setsid sleep 1117 & echo up; sleep 1117',
      )
      await said('a1', 'up')
      await home.ok('kill', 'a1')
      assert.deepEqual(processesWith('sleep\x001117'), [])
      assert.deepEqual(processesWith(home.path), [])
    })
  }

  it('refuses a dead agent, an unknown one with a suggestion, and an unknown signal', async () => {
    await home.ok('spawn', 'worker', '--', 'true')
    await home.ok('wait', 'worker')
    const dead = await home.run(['kill', 'worker'])
    assert.deepEqual([dead.code, /agent 'worker' is not running/.test(dead.stderr)], [1, true])
    const unknown = await home.run(['kill', 'wroker'])
    assert.deepEqual([unknown.code, /did you mean 'worker'\?/.test(unknown.stderr)], [1, true])
    assert.equal((await home.run(['kill', 'worker', '--signal', 'NOPE'])).code, 2)
  })

  it('keeps what an agent prints on its way out, and writes each end down once', async () => {
    const names = Array.from({ length: 4 }, (_, index) => `s${index}`)
    const script = 'trap "seq 20000; exit 5" TERM; echo up; while :; do sleep 0.02; done'
    for (const name of names) {
      await home.ok('spawn', name, '--', 'sh', '-c', script)
      await until(async () => (await home.ok('logs', name)).includes('up'), 'the trap')
    }
    await home.ok('killall', '--force', '--grace', '60')
    const expected = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
    for (const name of names) assert.equal(await home.ok('logs', name, '-n', '20000'), expected)
    for (const file of ['events.jsonl', 'history.log']) {
      const ends = home.read(file).match(/(?<=[\t"])(?:exit|kill|lost)(?=[\t"])/g)
      assert.deepEqual(ends, ['kill', 'kill', 'kill', 'kill'], file)
    }
    const rows = await home.json<AgentRow[]>('list')
    for (const { ended_at, exit_code } of rows) {
      assert.equal(exit_code, 5)
      assert.ok(Math.abs(Date.now() - Date.parse(ended_at ?? '')) < 60_000, ended_at ?? 'no time')
    }
  })

  it('ends several at once, and reports each that it could not', async () => {
    await home.ok('spawn', 'a1', '--', 'cat')
    await home.ok('spawn', 'a2', '--', 'cat')
    const result = await home.run(['kill', 'a1', 'nobody', 'a2'])
    assert.equal(result.code, 1)
    assert.deepEqual(result.stdout.trim().split('\n').sort(), ['a1: killed', 'a2: killed'])
    assert.match(result.stderr, /nobody/)
  })

  it('is no failure of those that have ended before their turn, unless they were named', async () => {
    for (const name of ['b1', 'b2', 'b3']) await home.ok('spawn', name, '--net', 'none', '--', 'cat')
    const results = await Promise.all([1, 2].map(() => home.run(['killall', '--force'])))
    assert.deepEqual(
      results.map(({ code, stderr }) => [code, stderr.replace('no running agents\n', '')]),
      [
        [0, ''],
        [0, ''],
      ],
    )
    const killed = results.flatMap(({ stdout }) => stdout.trim().split('\n')).filter((line) => line !== '')
    assert.deepEqual(killed.sort(), ['b1: killed', 'b2: killed', 'b3: killed'])
  })
})

describe('the end of an agent', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('is recorded as lost when its launcher was killed, and nothing of it stays', async () => {
    const row = await home.json<AgentRow>('spawn', 'a1', '--', 'sleep', '1118')
    process.kill(row.pid ?? 0, 'SIGKILL')
    await until(() => processStart(row.pid ?? 0) === undefined, 'the end of the launcher')
    const [seen] = await home.json<AgentRow[]>('list')
    assert.deepEqual(processesWith('sleep\x001118'), [])
    assert.deepEqual([seen?.status, seen?.end_reason, seen?.exit_code], ['dead', 'lost', null])
    assert.match(home.read('events.jsonl'), /"event":"lost"/)
  })

  it('comes when its tmux server dies', async () => {
    await home.ok('spawn', 'a1', '--', 'sleep', '1119')
    await home.run(['tmux', 'a1', 'kill-server'])
    await until(() => processesWith('sleep\x001119').length === 0, 'the end of the sandbox')
    await until(async () => (await home.json<AgentRow[]>('list'))[0]?.status === 'dead', 'its end')
  })

  it('wakes those who wait, also by SIGKILL', async () => {
    const row = await home.json<AgentRow>('spawn', 'a1', '--', 'sleep', '1120')
    const waiting = home.start(['wait', 'a1'])
    const ended = outcome(waiting)
    await until(() => awaitsAnEnd(waiting), 'the wait')
    process.kill(row.pid ?? 0, 'SIGKILL')
    assert.match((await ended).stdout, /a1: lost/)
  })

  it('is waited for with a time limit, for any or all', async () => {
    await home.ok('spawn', 'slow', '--', 'sleep', '1121')
    await home.ok('spawn', 'quick', '--', 'sh', '-c', 'sleep 0.2; exit 4')
    assert.equal((await home.run(['wait', 'slow', '--timeout', '0.2'])).code, 124)
    const any = await home.run(['wait', 'slow', 'quick', '--any', '--exit-code'])
    assert.deepEqual([any.code, any.stdout], [4, 'quick: exited, exit code 4\n'])
    assert.equal((await home.run(['wait', 'quick', 'slow', '--timeout', '0.2'])).code, 124)
  })

  it('loses no byte of the log, from the first to the last', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `s${index}`)
    await Promise.all(names.map((name) => home.ok('spawn', name, '--', 'seq', '20000')))
    await home.ok('wait', ...names)
    const expected = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
    for (const name of names) assert.equal(await home.ok('logs', name, '-n', '30000'), expected)
  })

  it('does not hang on a terminal that Ctrl-S has stopped', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'until [ -e go ]; do sleep 0.02; done; exit 6')
    await home.ok('tmux', 'a1', 'send-keys', 'C-s')
    writeFileSync(home.file('workspaces', 'a1', 'go'), '')
    assert.equal((await home.run(['wait', 'a1', '--exit-code', '--timeout', '60'])).code, 6)
  })

  it('is quick, and whole in the log, also on such a terminal', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--',
      'sh',
      '-c',
      // What the shell says of the end of its 'sleep' would hold it up at the stopped terminal.
      'trap "exit 5" TERM; echo up; exec 2>/dev/null; while :; do sleep 0.02; done',
    )
    await until(async () => (await home.ok('logs', 'a1')).includes('up'), 'the trap')
    await home.ok('tmux', 'a1', 'send-keys', 'C-s')
    const began = Date.now()
    await home.ok('kill', 'a1', '--grace', '60')
    assert.ok(Date.now() - began < 30_000)
    assert.match(home.read('state', 'a1.log'), /agentvm-end;[0-9a-f]+\x07$/)
  })
})

describe('Ctrl-C in the agent’s terminal', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  it('reaches the agent and ends neither the sandbox nor the launcher', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--',
      'sh',
      '-c',
      'trap "echo got it" INT; echo up; while :; do sleep 0.05; done',
    )
    await until(async () => (await home.ok('logs', 'a1')).includes('up'), 'the start')
    await home.ok('tmux', 'a1', 'send-keys', 'C-c')
    await until(async () => (await home.ok('logs', 'a1')).includes('got it'), 'the agent’s trap')
    assert.equal((await home.json<AgentRow[]>('list'))[0]?.status, 'running')
  })

  it('ends an agent that does nothing about it, and its code is recorded', async () => {
    await home.ok('spawn', 'a1', '--', 'sleep', '1122')
    await until(() => isExecuted('sleep', '1122'), 'the program')
    await home.ok('tmux', 'a1', 'send-keys', 'C-c')
    assert.equal((await home.run(['wait', 'a1', '--exit-code', '--timeout', '60'])).code, 130)
  })
})

it('SIGWINCH reaches the agent', async () => {
  const home = new TestHome()
  try {
    await home.ok(
      'spawn',
      'a1',
      '--',
      'sh',
      '-c',
      'trap "stty size" WINCH; echo up; while :; do sleep 0.05; done',
    )
    await until(async () => (await home.ok('logs', 'a1')).includes('up'), 'the start')
    await home.ok('tmux', 'a1', 'resize-window', '-x', '77', '-y', '33')
    await until(async () => (await home.ok('logs', 'a1')).includes('33 77'), 'the new size')
  } finally {
    await home.remove()
  }
})
