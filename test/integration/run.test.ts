import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { outcome, processesWith, TestHome, until } from '../support/agentvm.ts'

describe('agentvm run', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const nothingLeft = () =>
    assert.deepEqual(home.leftovers('state', 'run', 'homes', 'workspaces', 'trash'), [])

  it('passes the exit code on, and keeps standard output and error apart', async () => {
    const result = await home.run(['run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    assert.deepEqual(result, { code: 7, stdout: 'out\n', stderr: 'err\n' })
    nothingLeft()
  })

  it('gives piped input to the command, byte for byte', async () => {
    const input = 'one\ntwo\0three\n\xff'.repeat(20_000)
    const result = await home.run(['run', '--', 'sha256sum'], { input })
    const direct = await home.run(['run', '--sandbox', 'none', '--', 'sha256sum'], { input })
    assert.equal(result.stdout, direct.stdout)
    assert.equal(result.code, 0)
  })

  it('ends also when its input had ended before the launcher came to read it', async () => {
    const slow = home.file('slow')
    mkdirSync(slow, { recursive: true })
    writeFileSync(join(slow, 'mkfifo'), '#!/bin/sh\n/usr/bin/mkfifo "$@"\nsleep 0.5\n', { mode: 0o755 })
    const env = { PATH: `${slow}:${process.env.PATH}` }
    const { code, stdout } = await home.run(['run', '--', 'cat'], { input: 'all\n', env })
    assert.deepEqual([code, stdout], [0, 'all\n'])
  })

  it('streams output as it comes', async () => {
    const child = home.start(['run', '--', 'sh', '-c', 'echo first; read x; echo second'])
    const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data')
    assert.equal(String(chunk), 'first\n')
    const { code, stdout } = await outcome(child, '\n')
    assert.deepEqual([code, stdout], [0, 'second\n'])
  })

  it('has no terminal', async () => {
    const { stdout } = await home.run([
      'run',
      '--',
      'sh',
      '-c',
      'test -t 0 || test -t 1 || test -t 2 || echo none',
    ])
    assert.equal(stdout, 'none\n')
  })

  for (const [what, command, code] of [
    ['a command that is not there', ['no-such-command-here'], 127],
    ['a command that is not there inside', ['/workspace/missing'], 127],
    ['a command ended by a signal', ['sh', '-c', 'kill -9 $$'], 137],
  ] as const) {
    it(`ends with ${code} for ${what}`, async () => {
      assert.equal((await home.run(['run', '--', ...command])).code, code)
      nothingLeft()
    })
  }

  it('ends with 125 where agentvm itself fails, and with 2 for bad usage', async () => {
    assert.equal((await home.run(['run', '-p', 'nosuch', '-m', 'x'])).code, 125)
    assert.equal((await home.run(['run', '--sandbox', 'nosuch', '--', 'true'])).code, 125)
    assert.equal((await home.run(['run', '--nosuch'])).code, 2)
    assert.equal((await home.run(['run', '--from-dir', '.', '--from-git', '.', '--', 'true'])).code, 2)
    nothingLeft()
  })

  it('ends with 124 when the time is up, and leaves nothing', async () => {
    const result = await home.run(['run', '--timeout', '0.4', '--', 'sleep', '1111'])
    assert.equal(result.code, 124)
    assert.match(result.stderr, /longer than --timeout/)
    assert.deepEqual(processesWith('sleep\x001111'), [])
    nothingLeft()
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`ends with ${code} on ${signal}, and leaves nothing`, async () => {
      const child = home.start(['run', '--', 'sh', '-c', 'echo up; exec sleep 1112'])
      const ended = outcome(child)
      await once(child.stdout as NodeJS.ReadableStream, 'data')
      child.kill(signal)
      assert.equal((await ended).code, code)
      assert.deepEqual(processesWith('sleep\x001112'), [])
      nothingLeft()
    })
  }

  it('ends an agent that ignores TERM after the grace', async () => {
    const child = home.start(['run', '--', 'sh', '-c', 'trap "" TERM HUP; echo up; sleep 1113; sleep 1113'], {
      env: { AGENTVM_KILL_GRACE: '0.3' },
    })
    const ended = outcome(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGTERM')
    assert.equal((await ended).code, 143)
    assert.deepEqual(processesWith('sleep\x001113'), [])
  })

  for (const sandbox of ['bwrap', 'none']) {
    it(`is cleared away by the next command when it was killed with -9 (${sandbox})`, async () => {
      const child = home.start([
        'run',
        '--sandbox',
        sandbox,
        '--',
        'sh',
        '-c',
        'setsid sleep 1114 & echo up; sleep 1114',
      ])
      await once(child.stdout as NodeJS.ReadableStream, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
      assert.deepEqual(await home.json<AgentRow[]>('list'), [])
      assert.deepEqual(processesWith('sleep\x001114'), [])
      nothingLeft()
    })
  }

  it('ends quietly when nobody reads on', async () => {
    const child = home.start(['run', '--', 'yes', 'agentvm-1123'])
    const ended = once(child, 'exit')
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    await ended
    await until(() => processesWith('yes\x00agentvm-1123').length === 0, 'the end of the agent')
    nothingLeft()
  })

  it('keeps workspace, log and record with --keep', async () => {
    const { code } = await home.run([
      'run',
      '--keep',
      '--name',
      'k1',
      '--',
      'sh',
      '-c',
      'echo said; echo x >f; exit 3',
    ])
    assert.equal(code, 3)
    const [row] = await home.json<AgentRow[]>('list')
    assert.deepEqual([row?.name, row?.status, row?.exit_code], ['k1', 'dead', 3])
    assert.equal(await home.ok('logs', 'k1'), 'said\n')
    assert.equal(home.read('workspaces', 'k1', 'f'), 'x\n')
  })

  it('can be seen and killed by others while it runs', async () => {
    const child = home.start(['run', '--name', 'seen', '--', 'sh', '-c', 'echo up; exec sleep 1115'])
    const ended = outcome(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    const [row] = await home.json<AgentRow[]>('list')
    assert.deepEqual([row?.name, row?.status], ['seen', 'running'])
    await home.ok('kill', 'seen')
    assert.equal((await ended).code, 143)
    nothingLeft()
  })
})
