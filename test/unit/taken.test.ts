import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeTyping, whetherTaken } from '../../src/agents/activity/taken.ts'
import { STAND_IN, STANDIN } from '../support/stand-in.ts'
import { becomes, TerminalHome } from '../support/terminal-agent.ts'

describe('whether a prompt is taken', () => {
  const now = performance.now.bind(performance)
  const home = new TerminalHome([STANDIN])
  afterEach(() => {
    performance.now = now
  })
  after(() => home.remove())

  it('is told by looks, not by a clock that goes on while the machine pauses', async () => {
    const record = await home.start('a1', STAND_IN, { profile: 'standin', createdAt: '2026-01-01T00:00:00Z' })
    assert.ok(await becomes(async () => (await home.screen(record)).includes('ready>')))
    const before = await beforeTyping(home.context, record)
    let pauses = 0
    performance.now = () => now() + 60_000 * pauses++
    const told = whetherTaken(home.context, record, before)
    await sleep(300)
    const prompt = { event: 'prompt', at: Math.ceil(Date.now() / 1000) }
    appendFileSync(join(record.home, 'events.jsonl'), `${JSON.stringify(prompt)}\n`)
    const { taken, evidence } = await told
    assert.deepEqual([taken, /^events/.test(evidence)], [true, true], evidence)
  })
})
