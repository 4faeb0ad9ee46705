import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whenEnded } from '../../src/agents/end/alive.ts'

describe('waiting for the end of a launcher', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-alive-'))
    execFileSync('mkfifo', [join(folder, 'alive')])
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('ends at once where it has just let go of its FIFO', async () => {
    await whenEnded(folder)
    await whenEnded(join(folder, 'absent'))
  })

  it('lasts as long as somebody holds the FIFO', async () => {
    const held = openSync(join(folder, 'alive'), 'r+')
    let ended = false
    const waiting = whenEnded(folder).then(() => {
      ended = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(ended, false)
    closeSync(held)
    await waiting
  })
})
