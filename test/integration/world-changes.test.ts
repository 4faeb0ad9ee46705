import assert from 'node:assert/strict'
import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { TestHome, until } from '../support/agentvm.ts'

describe('a home that is not where it was', function () {
  this.timeout(60_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const at = (path: string) => ({ env: { AGENTVM_HOME: path } })
  const other = (name: string) => join(home.path, '..', name)

  it('has its agents and their work where it is now, once it was moved', async () => {
    await home.ok(
      'spawn',
      'a1',
      '--net',
      'none',
      '-m',
      'do it',
      '--',
      'sh',
      '-c',
      'echo mine >work.txt; echo said',
    )
    await home.ok('wait', 'a1')
    const moved = other('moved')
    renameSync(home.path, moved)
    try {
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await home.run(args, at(moved))
        assert.equal(code, 0, stderr)
        return stdout
      }
      assert.match(await run('logs', 'a1'), /said/)
      assert.equal(
        (JSON.parse(await run('info', 'a1', '--json')) as AgentRow).workspace,
        join(moved, 'workspaces', 'a1'),
      )
      await run('spawn', 'a1', '--net', 'none', '--', 'cat', 'work.txt')
      await run('wait', 'a1')
      assert.match(await run('logs', 'a1'), /mine/)
      await run('rename', 'a1', 'b1')
      await run('clean', '--force')
      await run('trash', 'restore', 'b1')
    } finally {
      renameSync(moved, home.path)
    }
    assert.equal(home.read('workspaces', 'b1', 'work.txt'), 'mine\n')
  })

  it('is the same one by a symlink', async () => {
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'sleep', '1000')
    symlinkSync(home.path, other('link'))
    const list = async (path: string) =>
      JSON.parse((await home.run(['list', '--json'], at(path))).stdout) as AgentRow[]
    assert.deepEqual(await list(other('link')), await list(home.path))
    assert.equal((await home.run(['kill', 'a1'], at(other('link')))).code, 0)
    assert.equal((await list(home.path))[0]?.end_reason, 'killed')
  })

  it('is named where a file stands in its place', async () => {
    writeFileSync(home.path, '')
    const { code, stderr } = await home.run(['spawn', 'a1', '--', 'true'])
    assert.equal(code, 1)
    assert.match(stderr, /^agentvm: \S*home\/state: a folder on the way to it is none\n {2}→ move away/)
  })
})

describe('an agent whose tmux server has died', () => {
  it('is lost, keeps its work and log, and can be started again', async () => {
    const home = new TestHome()
    try {
      await home.ok(
        'spawn',
        'a1',
        '--net',
        'none',
        '--',
        'sh',
        '-c',
        'echo mine >work.txt; echo said; exec sleep 1000',
      )
      await until(async () => /said/.test(await home.ok('logs', 'a1')), 'its output')
      await home.ok('tmux', 'a1', 'kill-server')
      await until(async () => (await home.json<AgentRow>('info', 'a1')).status === 'dead', 'its end')
      assert.match(await home.ok('logs', 'a1'), /said/)
      await home.ok('restart', 'a1')
      assert.equal((await home.json<AgentRow>('info', 'a1')).status, 'running')
      assert.equal(home.read('workspaces', 'a1', 'work.txt'), 'mine\n')
    } finally {
      await home.remove()
    }
  })
})
