import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { lookAtProcesses, sharingLooks } from '../../src/agents/process-look.ts'

describe('a look at all processes', () => {
  it('tells whose a process is by its environment, and what is below it', async () => {
    const env = { PATH: process.env.PATH, AGENTVM_AGENT_ID: 'aaaaaaaa', AGENTVM_LAUNCHER_ID: 'bbbbbbbb' }
    const child = spawn('sh', ['-c', 'echo up; read -r line; :'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      await new Promise((resolve) => child.stdout?.once('data', resolve))
      const look = await lookAtProcesses()
      const pid = child.pid ?? 0
      const pids = [look.of('aaaaaaaa'), look.for('bbbbbbbb'), look.of('bbbbbbbb')].map((found) =>
        found.map((one) => one.pid),
      )
      assert.deepEqual(pids, [[pid], [pid], []])
      assert.equal(look.at(pid)?.ppid, process.pid)
      assert.deepEqual(look.tree(pid)[0]?.ppid, process.pid)
      assert.ok(look.tree(process.pid).some((one) => one.pid === pid))
    } finally {
      child.kill()
    }
  })

  it('is one for all that want it at the same time, and a new one later', async () => {
    const [one, other] = await Promise.all([lookAtProcesses(), lookAtProcesses()])
    assert.equal(one, other)
    assert.notEqual(await lookAtProcesses(), one)
  })

  it('waits for those that will want it, until they have ended', async () => {
    await sharingLooks(3, async (ended) => {
      const { setTimeout } = globalThis
      // It may wait a moment at most: here for ever.
      globalThis.setTimeout = (() => ({})) as unknown as typeof setTimeout
      const first = lookAtProcesses()
      globalThis.setTimeout = setTimeout
      await new Promise((resolve) => setImmediate(resolve))
      const second = lookAtProcesses()
      ended()
      assert.equal(await first, await second)
    })
  })
})
