import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leavesNothing } from '../../src/agents/end/end-processes.ts'

describe('what a control group shows of an agent that has ended', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-group-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const group = (name: string, pids: string) => {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'cgroup.procs'), pids)
    return join(folder, name)
  }

  it('is that nothing is left only where each group is there and empty', async () => {
    const [empty, full] = [group('memory', ''), group('pids', '4711\n')]
    assert.equal(await leavesNothing({ cgroup: [empty] }), true)
    assert.equal(await leavesNothing({ cgroup: [empty, full] }), false)
    assert.equal(await leavesNothing({ cgroup: [empty, join(folder, 'gone')] }), false)
    assert.equal(await leavesNothing({ cgroup: [] }), false)
  })

  it('waits for the last processes', async () => {
    const one = group('pids', '4711\n')
    const left = leavesNothing({ cgroup: [one] })
    writeFileSync(join(one, 'cgroup.procs'), '')
    assert.equal(await left, true)
  })
})
