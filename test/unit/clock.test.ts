import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../../src/system/lock.ts'
import { ownIdentity } from '../../src/system/processes.ts'

const { now } = Date
const DAY_MS = 86_400_000

describe('a wait for a lock', () => {
  let folder: string
  let lock: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-clock-'))
    lock = join(folder, 'lock')
    // Somebody who lives has it.
    writeFileSync(lock, ownIdentity())
  })
  afterEach(() => {
    Date.now = now
    rmSync(folder, { recursive: true })
  })

  it('ends in its time where the clock is put back', async () => {
    const waits = withLock(lock, () => {}, { timeoutMs: 60 })
    Date.now = () => now() - 3 * DAY_MS
    await assert.rejects(waits, /is at work on/)
  })

  it('lasts its time where the clock is put forward', async () => {
    const waits = withLock(lock, () => 'got it', { timeoutMs: DAY_MS })
    Date.now = () => now() + 3 * DAY_MS
    setTimeout(() => rmSync(lock), 60)
    assert.equal(await waits, 'got it')
  })
})
