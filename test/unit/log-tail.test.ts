import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EndMarkerFilter, endMarker } from '../../src/agents/log/end-marker.ts'
import { readTail } from '../../src/agents/log/tail.ts'
import { EscapeFilter } from '../../src/terminal/escape-filter.ts'

const MARK = endMarker('abcd2345')

async function collect(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts).toString('utf8')
}

describe('the end of a log', () => {
  let dir: string
  let path: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'agentvm-log-'))
    path = join(dir, 'a.log')
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const tail = (content: string | Buffer, lines: number, raw = false) => {
    writeFileSync(path, content)
    return collect(readTail(path, { lines, raw }))
  }

  it('is empty when there is no log', async () => {
    assert.equal(await collect(readTail(path, { lines: 5, raw: false })), '')
  })

  it('is the last lines', async () => {
    assert.equal(await tail('a\r\nb\r\nc\r\n', 2), 'b\nc\n')
    assert.equal(await tail('a\nb\nc', 2), 'b\nc')
    assert.equal(await tail('a\nb\n', 9), 'a\nb\n')
    assert.equal(await tail('a\n\n\n', 2), '\n\n')
    assert.equal(await tail('a\nb\n', 0), '')
    assert.equal(await tail('', 3), '')
  })

  it('keeps the bytes as they are when raw', async () => {
    assert.equal(await tail('a\r\n\x1b[1mb\x1b[0m\r\nc\r\n', 2, true), '\x1b[1mb\x1b[0m\r\nc\r\n')
  })

  it('never shows the launcher’s end marker, and does not count it as a line', async () => {
    for (const raw of [false, true]) {
      assert.equal(await tail(`a\nb\nc\n${MARK}`, 2, raw), 'b\nc\n')
      assert.equal(await tail(`a\nb\n${MARK}c\n${MARK}`, 2, raw), 'b\nc\n')
      assert.equal(await tail(`${MARK}`, 2, raw), '')
    }
  })

  it('begins a new line where a restarted agent goes on after a line without newline', async () => {
    assert.equal(await tail(`a\nb${MARK}c\n`, 2), 'b\nc\n')
    assert.equal(await tail(`a\nb${MARK}`, 1), 'b\n')
  })

  it('is all of it where more lines are asked for than it has bytes', async () => {
    const all = Number.MAX_SAFE_INTEGER
    assert.equal(await tail(`a\r\nb${MARK}c`, all), 'a\nb\nc')
    assert.equal(await tail('a\r\n', all, true), 'a\r\n')
    assert.equal(await tail('', all), '')
  })

  it('counts the lines that are shown, not those of the file', async () => {
    assert.equal(await tail('x\n\x1b[Htop\x1b[2;1Hmiddle\x1b[3;1Hend\n', 2), 'middle\nend\n')
  })

  it('equals the end of the whole filtered text', async () => {
    let state = 5
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const pieces = [
      'word ',
      '\n',
      '\r\n',
      '\r',
      '\b',
      '\x1b[31m',
      '\x1b[2K',
      '\x1b[H',
      '\x1b]0;t',
      '\x07',
      '\x1bPx',
      'é',
      '漢',
      '\x1b[',
      '\x1b',
    ]
    for (let round = 0; round < 300; round += 1) {
      const content = Array.from({ length: random(120) }, () => pieces[random(pieces.length)]).join('')
      const filter = new EscapeFilter()
      const whole = Buffer.concat([filter.push(Buffer.from(content)), filter.end()]).toString('utf8')
      const lines = whole.match(/[^\n]*\n|[^\n]+$/g) ?? []
      const count = random(8)
      const expected = count === 0 ? '' : lines.slice(-count).join('')
      assert.equal(await tail(content, count), expected, JSON.stringify([content, count]))
    }
  })

  it('finds its lines beyond the size of a block', async () => {
    const long = 'x'.repeat(100_000)
    assert.equal(await tail(`first\n${long}\n${long}\nlast\n`, 3), `${long}\n${long}\nlast\n`)
    assert.equal(await tail(`${long}${long}`, 3), `${long}${long}`)
  })

  it('reads the end of a huge log at once and in little memory', async function () {
    this.timeout(20_000)
    writeFileSync(path, 'head\n')
    // Nobody could read so much before the test's time is up.
    truncateSync(path, 1024 ** 4)
    appendFileSync(path, `\n${Array.from({ length: 300 }, (_, index) => `line ${index}\r\n`).join('')}`)
    const before = process.memoryUsage().rss
    const text = await collect(readTail(path, { lines: 200, raw: false }))
    assert.ok(process.memoryUsage().rss - before < 50 * 1024 ** 2)
    assert.ok(text.startsWith('line 100\n') && text.endsWith('line 299\n'))
  })
})

describe('the end marker', () => {
  it('is found in any chunks, and only when it is complete', () => {
    const inputs = [
      `a${MARK}b`,
      `${MARK}${MARK}`,
      `a\x1b]7788;agentvm-end;`,
      `a\x1b]7788;agentvm-end;x y\x07b`,
      `\x1b]\x1b]7788;agentvm-end;ab\x07`,
      `\x1b]7788;agentvm-end;\x1b]7788;agentvm-end;ab\x07c`,
      `\x1b]7788;agentvm-end;${'x'.repeat(65)}\x07`,
    ]
    for (const input of inputs) {
      const expected = input.replaceAll(/\x1b\]7788;agentvm-end;[a-z0-9]{1,64}\x07/g, '')
      for (let size = 1; size <= input.length; size += 1) {
        const filter = new EndMarkerFilter({ newline: false })
        let output = ''
        for (let at = 0; at < input.length; at += size)
          output += filter.push(Buffer.from(input.slice(at, at + size), 'latin1')).toString('latin1')
        output += filter.end().toString('latin1')
        assert.equal(output, expected)
      }
    }
  })

  it('is told from what follows it', () => {
    const filter = new EndMarkerFilter({ newline: false })
    filter.push(Buffer.from(`a${MARK}`))
    assert.equal(filter.atMarker, true)
    filter.push(Buffer.from('b'))
    assert.equal(filter.atMarker, false)
  })
})
