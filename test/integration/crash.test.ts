import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { processesWith, TestHome, until } from '../support/agentvm.ts'

/** Moments after the start of the command, in milliseconds: from before its first effect to after its end. */
const MOMENTS = [40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300, 330, 360, 400]

const env = { NODE_V8_COVERAGE: '' }

describe('agentvm spawn, killed with -9 on its way', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const files = () => home.leftovers('state', 'run', 'homes', 'workspaces')

  const ended = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  it('leaves a whole agent or none, and no process', async () => {
    for (const [index, moment] of MOMENTS.entries()) {
      const seconds = String(2200 + index)
      const child = home.start(['spawn', 'a1', '--', 'sh', '-c', `echo up; exec sleep ${seconds}`], { env })
      await pause(moment)
      child.kill('SIGKILL')
      await ended(child)
      const rows = await home.json<AgentRow[]>('list')
      if (rows.length === 0) {
        const left = () => [...processesWith(home.path), ...processesWith(`sleep\x00${seconds}`)]
        await until(() => left().length === 0, `the end of all processes after ${moment} ms`)
        assert.deepEqual(files(), [], `files after ${moment} ms`)
        continue
      }
      assert.equal(rows[0]?.status, 'running', `after ${moment} ms`)
      assert.equal(
        (await home.run(['wait', 'a1', '--timeout', '0.3'])).code,
        124,
        `it lives on after ${moment} ms`,
      )
      await until(async () => /up/.test(await home.ok('logs', 'a1')), `its output after ${moment} ms`)
      await home.ok('kill', 'a1')
      await home.ok('clean', '--force')
      assert.deepEqual(files(), [])
    }
  })

  it('leaves a dead agent that was being started again as it was', async () => {
    await home.ok('spawn', 'a1', '-t', 'first=yes', '--', 'sh', '-c', 'echo work >file; exit 3')
    await home.ok('wait', 'a1')
    const before = await home.json<AgentRow>('info', 'a1')
    for (const moment of MOMENTS.filter((_, index) => index % 2 === 0)) {
      const child = home.start(['spawn', 'a1', '-t', 'second=yes', '--', 'sleep', '2300'], { env })
      await pause(moment)
      child.kill('SIGKILL')
      await ended(child)
      const after = await home.json<AgentRow>('info', 'a1')
      assert.equal(after.id, before.id)
      assert.equal(home.read('workspaces', 'a1', 'file'), 'work\n')
      if (after.status === 'running') {
        assert.deepEqual(after.tags, { second: 'yes' })
        break
      }
      assert.deepEqual([after.exit_code, after.tags], [3, { first: 'yes' }], `after ${moment} ms`)
      await until(() => processesWith('sleep\x002300').length === 0, `the end of all after ${moment} ms`)
    }
  })

  it('takes no agent for another whose state file a power failure has emptied', async () => {
    mkdirSync(home.file('state'), { recursive: true })
    writeFileSync(home.file('state', 'a1.env'), '')
    const list = await home.run(['list'])
    assert.deepEqual([list.code, list.stdout], [0, ''])
    assert.match(list.stderr, /state file .*a1\.env is empty/)
    for (const args of [
      ['spawn', 'a1', '--', 'true'],
      ['restart', 'a1'],
      ['kill', 'a1'],
    ]) {
      const { code, stderr } = await home.run(args)
      assert.deepEqual([code, /is empty/.test(stderr)], [1, true], args.join(' '))
    }
  })

  it('is taken back on Ctrl-C, at once', async () => {
    for (const moment of [100, 150, 200, 250]) {
      const child = home.start(['spawn', 'a1', '--', 'sleep', '2400'], { env })
      await pause(moment)
      child.kill('SIGINT')
      await ended(child)
      const rows = await home.json<AgentRow[]>('list')
      if (rows.length > 0) await home.ok('purge', '--force')
      else assert.deepEqual(processesWith('sleep\x002400'), [])
    }
  })
})
