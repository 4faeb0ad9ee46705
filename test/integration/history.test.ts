import assert from 'node:assert/strict'
import type { EventRow } from '../../src/agents/journal/entry.ts'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { isExecuted, TestHome, until } from '../support/agentvm.ts'

describe('agentvm history', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const told = async (...args: string[]) =>
    (await home.json<EventRow[]>('history', ...args)).map(({ event, name, exit_code, reason }) =>
      [event, name, exit_code, reason].filter((value) => value !== null).join(' '),
    )

  it('has each event of an agent once, with its profile or command, sandbox, exit code and reason', async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'exit 7')
    await until(async () => (await home.json<AgentRow[]>('list'))[0]?.status === 'dead', 'the end')
    await home.ok('spawn', 'a2', '--', 'sleep', '3303')
    // Before that it is the sandbox that is ended, by KILL where it is slow to come up.
    await until(() => isExecuted('sleep', '3303'), 'the program')
    await home.ok('kill', 'a2')
    await home.ok('spawn', 'a3', '--', 'cat')
    process.kill((await home.json<AgentRow>('info', 'a3')).pid ?? 0, 'SIGKILL')
    await home.run(['run', '--name', 'r1', '--', 'sh', '-c', 'exit 3'])
    await home.run(['run', '--name', 'r2', '--keep', '--', 'sh', '-c', 'exit 4'])
    await home.ok('clean', '--force')
    await home.ok('purge', '--force')
    assert.deepEqual(
      (await told()).sort(),
      [
        ...['spawn a1', 'exit a1 7 exited', 'clean a1'],
        ...['spawn a2', 'kill a2 143 killed', 'clean a2'],
        ...['spawn a3', 'lost a3 lost', 'clean a3'],
        ...['spawn r1', 'exit r1 3 exited'],
        ...['spawn r2', 'exit r2 4 exited', 'clean r2'],
      ].sort(),
    )
    const [row] = await home.json<EventRow[]>('history', '-e', 'exit', '--agent', 'a1')
    assert.equal(row?.detail, 'command=sh sandbox=bwrap code=7 reason=exited')
    assert.match(row?.time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('writes the end of an agent that nobody has looked at since', async () => {
    await home.ok('spawn', 'a1', '--', 'true')
    await until(async () => (await told()).includes('exit a1 0 exited'), 'the exit')
    assert.equal((await told()).length, 2)
  })

  it('prints the file’s columns when piped, and the last N only', async () => {
    await home.ok('spawn', 'a1', '--', 'cat')
    await home.ok('kill', 'a1')
    assert.match(
      await home.ok('history', '-n', '1'),
      /^\S+Z\tkill\ta1\tcommand=cat sandbox=bwrap code=\d+ reason=killed\n$/,
    )
    assert.equal(await home.ok('history', '-n', '0'), '')
    assert.equal(await home.ok('history', '--since', '2099-01-01'), '')
  })

  it('refuses an event or a time that there isn’t', async () => {
    assert.equal((await home.run(['history', '-e', 'explode'])).code, 2)
    const bad = await home.run(['history', '--since', 'tomorrow'])
    assert.deepEqual([bad.code, /'tomorrow' is not a time/.test(bad.stderr)], [2, true])
  })

  it('doesn’t fail where its reader stops reading', async () => {
    await home.ok('spawn', 'a1', '--', 'true')
    const child = home.start(['history'])
    child.stdout?.destroy()
    const code = await new Promise((resolve) => child.on('exit', resolve))
    assert.equal(code, 0)
  })
})
