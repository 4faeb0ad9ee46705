import assert from 'node:assert/strict'
import { sanitizeLine, sanitizeOutput } from '../../src/terminal/sanitize.ts'
import { Utf8Reader, utf8Length } from '../../src/terminal/utf8.ts'

/** Bytes at which the rules of UTF-8 change. */
const EDGES = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
const FIRST = Array.from({ length: 256 }, (_, byte) => byte)
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The character that bytes are, or undefined if they aren't one. */
function decoded(bytes: number[]): string | undefined {
  try {
    const text = decoder.decode(Uint8Array.from(bytes))
    return [...text].length === 1 ? text : undefined
  } catch {
    return undefined
  }
}

describe('UTF-8', () => {
  /** All of these lengths that begin with any byte, and go on with bytes at which rules change. */
  function* sequences(): Generator<number[]> {
    for (const first of FIRST) {
      for (const second of EDGES) {
        yield [first, second]
        if (first < 0xe0) continue
        for (const third of EDGES) {
          yield [first, second, third]
          if (first >= 0xf0) for (const fourth of EDGES) yield [first, second, third, fourth]
        }
      }
    }
  }

  it('is known by its length where the bytes are a character, and no control', () => {
    for (const bytes of sequences()) {
      const text = decoded(bytes)
      const isControl = text !== undefined && text >= '\x80' && text < '\xa0'
      const length = utf8Length(Uint8Array.from([0x41, ...bytes]), 1)
      if (text !== undefined) assert.equal(length, isControl ? 0 : bytes.length, String(bytes))
      else assert.notEqual(length, bytes.length, String(bytes))
    }
    assert.equal(utf8Length(Uint8Array.from([0xe2, 0x82]), 0), 0, 'it is cut')
    assert.equal(utf8Length(Uint8Array.from([0xf0, 0x9f, 0x98]), 0), 0, 'it is cut')
  })

  it('is read byte by byte as it is at once, and dropped at the first byte that is wrong', () => {
    for (const bytes of sequences()) {
      const reader = new Utf8Reader()
      const results = bytes.map((byte) => reader.read(byte))
      const text = decoded(bytes)
      if (text !== undefined) {
        const more = bytes.slice(1).map(() => 'more')
        assert.deepEqual(results, [...more, text.codePointAt(0)], String(bytes))
        assert.ok(reader.isIdle)
      } else if (!results.some((result) => typeof result === 'number')) {
        const wrong = results.findIndex((result) => result !== 'more')
        assert.ok(wrong < 0 || ['stray', 'invalid'].includes(String(results[wrong])), String(bytes))
      } else assert.notEqual(results.at(-1) === text, true)
    }
  })

  it('is begun anew', () => {
    const reader = new Utf8Reader()
    assert.equal(reader.read(0xe2), 'more')
    assert.equal(reader.isIdle, false)
    reader.reset()
    assert.deepEqual(
      [reader.isIdle, reader.read(0x41), reader.read(0xff), reader.read(0x9b)],
      [true, 0x41, 'stray', 0x9b],
    )
    assert.deepEqual([reader.read(0xe2), reader.read(0x41), reader.read(0x41)], ['more', 'invalid', 0x41])
  })
})

describe('a line that can’t harm a terminal', () => {
  const hostile = '\x1b[31m\ta\x07b\u202ec\u2028d\ud800e  '

  it('is one without colours, controls and what turns text; a line of output keeps what indents it', () => {
    assert.equal(sanitizeLine(hostile), 'a b c d e')
    assert.equal(sanitizeOutput(hostile), '    a b c d e')
    assert.equal(sanitizeOutput('grüße 日本 🙂'), 'grüße 日本 🙂')
  })
})
