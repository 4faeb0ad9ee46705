import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ReportedEvent } from '../../src/agents/run/run-report.ts'
import { Output } from '../../src/terminal/output.ts'
import { RunPrinter } from '../../src/terminal/run-events.ts'

const at = '2026-01-01T00:00:00Z'
const message = (said: string, partial = false): ReportedEvent => ({
  type: 'message',
  at,
  text: said,
  partial,
})
const tool: ReportedEvent = {
  type: 'tool',
  at,
  id: 't',
  name: 'Bash',
  status: 'started',
  input: { command: 'ls' },
}
const result: ReportedEvent = {
  ...{ type: 'result', at, exit_code: 0, text: null, session: null, error: null, duration_seconds: 1 },
  usage: { input_tokens: 2400, output_tokens: 68, cost_usd: 0.01096 },
}

/** What a run prints on standard output and standard error. */
async function printed(events: readonly ReportedEvent[], isTTY = false): Promise<[string, string]> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const seen = Promise.all([text(out), text(err)])
  const printer = new RunPrinter(new Output(Object.assign(out, { isTTY })), new Output(err))
  for (const event of events) await printer.take(event)
  out.end()
  err.end()
  return seen
}

const TURN = [message('I look.'), tool, message('It is', true), message(' 42.', true), result]
const USED = '2,400 tokens in, 68 out, $0.0110\n'

describe('what a run prints for people', () => {
  it('is the answer alone on a piped standard output, and the rest on standard error', async () =>
    assert.deepEqual(await printed(TURN), ['It is 42.\n', `I look.\n[Bash] ls\n${USED}`]))

  it('is every message at once on a terminal', async () =>
    assert.deepEqual(await printed(TURN, true), ['I look.\nIt is 42.\n', `[Bash] ls\n${USED}`]))

  it('is no answer where the run failed after a message', async () => {
    const failed: ReportedEvent = { type: 'error', at, message: 'refused', retrying: false }
    const [out, err] = await printed([message('[API Error]'), failed, { ...result, usage: null }])
    assert.deepEqual([out, err], ['', '[API Error]\nerror: refused\n'])
  })

  it('can not move the cursor, nor grow without end', async () => {
    const [out] = await printed([message('a\x1b[2Jb'), result])
    assert.equal(out, 'a^[[2Jb\n')
    const [long] = await printed([
      ...Array.from({ length: 5 }, () => message('x'.repeat(500_000), true)),
      result,
    ])
    assert.equal(long.length, 2_500_001)
  })
})
