import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { parseEntry } from '../../src/agents/journal/entry.ts'
import { readJournal } from '../../src/agents/journal/read.ts'
import { EndMarkerFilter, endMarker } from '../../src/agents/log/end-marker.ts'
import { MessageQueue } from '../../src/agents/messages/queue.ts'
import { countRequests, readRequests, refusedTargets } from '../../src/agents/network/requests.ts'
import { countEvents } from '../../src/agents/report/count-events.ts'
import { Home } from '../../src/settings/home.ts'
import { linesBackwards } from '../../src/system/lines-backwards.ts'
import { journalLines } from '../../src/terminal/journal-lines.ts'
import { requestLine } from '../../src/terminal/network-text.ts'
import { formatTable } from '../../src/terminal/table.ts'
import { textWidth, truncateText } from '../../src/terminal/width.ts'
import { damage } from '../support/damage.ts'
import { allOf, check, fuzzing, nasty, nastyWith } from '../support/fuzz.ts'

/** All that could move the cursor, colour, or turn text, but the ends of lines and tabs. */
const HARM = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/

describe('files of lines that may hold anything', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-fuzz-'))
  const home = new Home({ AGENTVM_HOME: folder })
  after(() => rmSync(folder, { recursive: true }))
  const filter = { events: [], names: [], since: undefined }
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    nastyWith(
      '2026-01-31T12:00:00Z',
      '\t',
      'exit',
      'a1',
      '\n',
      'code=0 ',
      '{"time":"2026-01-31T12:00:00Z","event":"exit"}\n',
      '{',
      '}',
      '"',
    ).map((text) => Buffer.from(text)),
  )

  it('are a journal, of which the last entries are shown as they are found from the front', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.nat({ max: 20 }), async (bytes, count) => {
        writeFileSync(home.journal, bytes)
        writeFileSync(home.events, bytes)
        const all = bytes.toString('utf8').split('\n')
        const expected = all
          .flatMap((line) => parseEntry(line) ?? [])
          .slice(-count || Number.MAX_SAFE_INTEGER)
        const shown = (await allOf(readJournal(home.journal, filter, count))).flat()
        if (count > 0 && bytes.length < 65_536) assert.deepEqual(shown, expected)
        for (const stream of [{}, { isTTY: true, columns: 40 }])
          assert.doesNotMatch(journalLines(shown, stream).replaceAll(/\u001b\[\d+m/g, ''), HARM)
        assert.deepEqual([...linesBackwards(home.events)], all.filter((line) => line !== '').reverse())
        for (const number of Object.values(countEvents(home, new Date(0)))) assert.ok(number > 0)
      }),
      fuzzing(150),
    )
  })

  it('are requests of an agent, or none', () => {
    const log = home.requestLog('aaaaaaaa')
    mkdirSync(dirname(log), { recursive: true })
    const line = fc
      .record(
        {
          time: fc.oneof(nasty, fc.anything()),
          via: nasty,
          host: nasty,
          port: fc.oneof(fc.nat(), fc.anything()),
          decision: fc.constantFrom('allowed', 'refused', 'failed', 'x', 1),
          rule: fc.option(nasty),
          reason: fc.option(fc.oneof(nasty, fc.constantFrom('no-rule', 'private-address', 'toString'))),
        },
        { requiredKeys: ['decision'] },
      )
      .map((entry) => safeJson(entry))
    const text = fc.array(fc.oneof(line, nasty, fc.json()), { maxLength: 8 }).map((lines) => lines.join('\n'))
    const holds = (written: string) => {
      writeFileSync(log, written)
      const entries = readRequests(home, 'aaaaaaaa')
      const counts = countRequests(entries)
      assert.equal(counts.allowed + counts.refused + counts.failed, entries.length)
      for (const { count } of refusedTargets(entries)) assert.ok(count > 0)
      for (const entry of entries) assert.doesNotMatch(requestLine(entry, {}), HARM)
    }
    fc.assert(fc.property(text, holds), fuzzing(150))
  })

  it('are messages, which leave the queue as they came, one after the other', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 3 }), async (texts) => {
        const place = join(folder, `whole-${number++}`)
        for (const [index, text] of texts.entries())
          await new MessageQueue(place).add(`${index} ${text.slice(0, 20)}`, Buffer.from(text))
        const queue = new MessageQueue(place)
        const sent: Buffer[] = []
        const take = async (bytes: Uint8Array) => void sent.push(Buffer.from(bytes))
        while (queue.isWaiting) await queue.sendFirst(take, async () => undefined)
        assert.deepEqual(
          sent,
          texts.map((text) => Buffer.from(text)),
        )
        rmSync(place, { recursive: true })
      }),
      fuzzing(30),
    )
  })

  it('are messages: damaged ones are told of, never typed, and keep no other', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(damage, nasty, async ({ of }, text) => {
        const place = join(folder, `queue-${number++}`)
        const queue = new MessageQueue(place)
        await queue.add('first', Buffer.from(text))
        await queue.add('second', Buffer.from('fine'))
        const file = join(place, '000000000001.msg')
        const changed = of(readFileSync(file))
        writeFileSync(file, changed)
        const listed = queue.list()
        assert.equal(listed.length, 2)
        for (const { id, queued_at } of listed)
          assert.ok(typeof id === 'string' && !Number.isNaN(Date.parse(queued_at)))
        const sent: string[] = []
        const take = async (bytes: Uint8Array) => void sent.push(Buffer.from(bytes).toString())
        for (let turn = 0; turn < 3; turn += 1) await queue.sendFirst(take, async () => undefined)
        assert.equal(sent.at(-1), 'fine')
        assert.ok(sent.length <= 2 && !queue.isWaiting)
        if (sent.length === 1) assert.equal(queue.remove([listed[0]?.id ?? '']).length, 1)
        rmSync(place, { recursive: true })
      }),
      fuzzing(60),
    )
  })
})

describe('output of agents', () => {
  it('loses its end marks however it is cut, and nothing else', () => {
    const mark = endMarker('abcdefgh')
    const pieces = fc.array(
      fc.oneof(nasty, fc.constantFrom(mark, mark.slice(0, 9), mark.slice(0, -1), '\u001b]7788;')),
      { maxLength: 8 },
    )
    check(fc.tuple(pieces, fc.array(fc.nat({ max: 30 })), fc.boolean()), ([parts, cuts, newline]) => {
      const bytes = Buffer.from(parts.join(''))
      const whole = filtered([bytes], newline)
      const chunks: Buffer[] = []
      let at = 0
      for (const size of cuts) {
        chunks.push(bytes.subarray(at, at + size))
        at = Math.min(at + size, bytes.length)
      }
      assert.ok(filtered([...chunks, bytes.subarray(at)], newline).equals(whole))
      if (!newline)
        assert.equal(
          whole.toString('latin1'),
          bytes.toString('latin1').replaceAll(/\u001b\]7788;agentvm-end;[A-Za-z0-9-]{1,64}\u0007/g, ''),
        )
    })
  })

  it('fits into the columns of a table, and can’t harm what stands around it', () => {
    const cells = fc.array(fc.tuple(nasty, nasty), { minLength: 1, maxLength: 4 })
    check(
      fc.tuple(cells, fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined })),
      ([rows, width]) => {
        const columns = [0, 1].map((index) => ({
          header: `H${index}`,
          value: (row: [string, string]) => row[index] ?? '',
        }))
        const table = formatTable(rows, columns, { width })
        assert.doesNotMatch(table.replaceAll('\n', ''), HARM)
        assert.equal(table.split('\n').length, rows.length + 2)
      },
    )
    check(fc.tuple(nasty, fc.nat({ max: 100 })), ([text, width]) => {
      const plain = text.replaceAll(new RegExp(HARM, 'gu'), '')
      assert.ok(textWidth(truncateText(plain, width)) <= width)
    })
  })
})

function filtered(chunks: readonly Buffer[], newline: boolean): Buffer {
  const filter = new EndMarkerFilter({ newline })
  return Buffer.concat([...chunks.map((chunk) => Buffer.from(filter.push(chunk))), filter.end()])
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
