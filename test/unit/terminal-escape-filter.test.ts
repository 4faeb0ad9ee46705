import assert from 'node:assert/strict'
import { EscapeFilter } from '../../src/terminal/escape-filter.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

function filter(input: Buffer | string, cuts: readonly number[] = []): string {
  const data = typeof input === 'string' ? Buffer.from(input) : input
  const escapes = new EscapeFilter()
  const parts: Buffer[] = []
  let at = 0
  for (const cut of [...cuts, data.length]) {
    parts.push(escapes.push(data.subarray(at, cut)))
    at = cut
  }
  return Buffer.concat([...parts, escapes.end()]).toString('utf8')
}

/** Pieces that a hostile or ordinary program might write. */
const PIECES = [
  ...['a', 'word ', '\n', '\r', '\r\n', '\b', '\t', '\x00', '\x07', '\x7f', '\x18', '\x0b'].map(bytes),
  ...[
    '\x1b',
    '\x1b[',
    '\x1b[31m',
    '\x1b[2K',
    '\x1b[K',
    '\x1b[3C',
    '\x1b[1G',
    '\x1b[2D',
    '\x1b[9P',
    '\x1b[4@',
  ].map(bytes),
  ...[
    '\x1b[1;2',
    '\x1b[?25l',
    '\x1b[2J',
    '\x1b[H',
    '\x1b[2;3H',
    '\x1b]0;title',
    '\x1b]8;;u\x07',
    '\x1bP1$',
    '\x1b_x',
    '\x1b^x',
  ].map(bytes),
  ...[
    '\x1bX',
    '\x1b\\',
    '\x1bk',
    '\x1b(0',
    '\x1bM',
    '\x9b31m',
    '\x9d0;',
    '\x9c',
    '\xc2\x9b1m',
    '\xc2\x9c',
    '\x85',
  ].map(bytes),
  ...['é', '漢', '😀', '\u0301', '\u200d', '\ufe0f', '\u00a0'].map((text) => Buffer.from(text)),
  ...['\xe2\x82', '\xf0\x9f', '\xc3', '\xff', '\xed\xa0\x80', '\xc0\xaf', '\xf4\x90\x80\x80'].map(bytes),
]

/** A repeatable source of numbers below `below`. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('the escape filter', () => {
  const cases: [string, Buffer | string, string][] = [
    ['keeps plain text, tabs and newlines', 'one\ttwo\nthree\n', 'one\ttwo\nthree\n'],
    ['keeps a last line without newline', 'a\nb', 'a\nb'],
    ['drops colours', '\x1b[1;31mred\x1b[0m and \x1b[38:5:7mgrey\x1b[m\n', 'red and grey\n'],
    ['drops a title', 'a\x1b]0;title\x07b\x1b]2;title\x1b\\c\n', 'abc\n'],
    ['keeps the text of a link', '\x1b]8;;https://x.y\x1b\\text\x1b]8;;\x1b\\\n', 'text\n'],
    ['drops DCS, APC, PM and SOS', 'a\x1bP1$r\x1b\\b\x1b_G\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e\n', 'abcde\n'],
    ['drops the titles of screen and tmux', '\x1bkvim\x1b\\$ ls\n', '$ ls\n'],
    ['drops C1 controls as bytes', bytes('a\x9b31mb\x9d0;t\x07c\x84d\n'), 'abc\nd\n'],
    ['drops C1 controls as UTF-8', 'a\u009b31mb\u009d0;t\u009cc\u0080\n', 'abc\n'],
    ['does not take part of a character in a title for its end', '\x1b]0;✳ Task\x07text\n', 'text\n'],
    ['ends an unfinished title at the newline', '\x1b]0;never ends\nvisible\n', '\nvisible\n'],
    ['ends an unfinished DCS at the newline', 'a\x1bPq\nb\n', 'a\nb\n'],
    ['ends an unfinished CSI at the newline', 'a\x1b[12;\nb\n', 'a\nb\n'],
    ['ends a sequence at CAN', 'a\x1b[12\x18b\x1b]0;t\x1ac\n', 'abc\n'],
    ['begins anew at an ESC within a sequence', '\x1b[3\x1b[1mx\x1b]0;t\x1b[1my\n', 'xy\n'],
    ['drops NUL, BEL, DEL, VT and FF', 'a\x00b\x07c\x7fd\x0be\x0cf\n', 'abcdef\n'],
    ['takes CR LF for a newline', 'a\r\nb\r\r\n\r\n', 'a\nb\n\n'],
    ['keeps what a progress bar shows at last', ' 10%\r 50%\r100%\n', '100%\n'],
    ['leaves what a shorter text does not cover', 'abcdef\rXY\n', 'XYcdef\n'],
    ['honours an erased line', 'loading…\r\x1b[Kdone\n', 'done\n'],
    ['honours how spinners redraw', '- a\x1b[2K\x1b[1G\\ a\x1b[2K\x1b[1Gready\n', 'ready\n'],
    ['applies backspaces', 'pasx\bswx\x1b[1D\x1b[Kord\n', 'password\n'],
    ['stops backspaces at the line’s start', 'a\n\b\b\bb\n', 'a\nb\n'],
    ['takes back a wide character by two backspaces', '漢\b\bab\n', 'ab\n'],
    ['shows the line that readline ends with', 'git stax\b\b\b\x1b[1Pax\b\b\b\b\b\b\bls\x1b[K\n', 'ls\n'],
    ['keeps words apart that a cursor movement separates', 'two\x1b[1Cwords\n', 'two words\n'],
    [
      'begins a line where the cursor goes to another',
      'top\x1b[5;1Hbottom\x1b[H\x1b[2J\x1b[Hnew\n',
      'top\nbottom\nnew\n',
    ],
    ['takes no part of a sequence for text', 'a\x1b0b\x1b Mc\x1b#8d\n', 'abcd\n'],
    ['begins a line at a reverse index or a reset', 'a\x1bMb\x1bcc\n', 'a\nb\nc\n'],
    ['passes over controls within a sequence', 'a\x1b\x00Mb\x1b[3\x07Cc\x1b[3\x7fCd\n', 'a\nb   cd\n'],
    ['ends a sequence at a byte that is none of it', bytes('a\x1b\x80b\x1b[1\x80c\n'), 'abc\n'],
    ['keeps a character that ends a sequence', '\x1bé\x1b[1é\n', 'éé\n'],
    ['honours no private sequence', 'abc\r\x1b[?K\n', 'abc\n'],
    ['reads the first parameter, whole', 'a\x1b[10Cb\x1b[2;5Cc\n', `a${' '.repeat(10)}b  c\n`],
    [
      'takes one for no parameter',
      'ab\r\x1b[@x\nab\x1b[Dc\nabc\r\x1b[Px\nab\x1b[Gx\na\x1b[Cb\n',
      'xab\nac\nxc\nxb\na b\n',
    ],
    ['erases a line as a whole', 'abc\x1b[2Gx\x1b[2Kd\n', 'd\n'],
    ['goes to a column', 'abc\x1b[2Gx\n', 'axc\n'],
    ['combines marks in a redrawn line', 'xx\re\u0301\n', 'e\u0301x\n'],
    ['replaces bytes that are no UTF-8', bytes('a\xffb\xe2\x82c\xc0\xaf\n'), 'a\ufffdb\ufffdc\ufffd\ufffd\n'],
    ['replaces a character that the end cuts', bytes('a\xe2\x82'), 'a\ufffd'],
  ]
  for (const [behaviour, input, expected] of cases) {
    it(behaviour, () => {
      assert.equal(filter(input), expected)
      const length = Buffer.from(input as string).length
      assert.equal(
        filter(
          input,
          Array.from({ length }, (_, index) => index),
        ),
        expected,
        'byte by byte',
      )
    })
  }

  it('gives the same for any chunks, and never a control character', () => {
    const random = numbers(20260)
    for (let round = 0; round < 3000; round += 1) {
      const data = Buffer.concat(
        Array.from({ length: random(30) }, () => PIECES[random(PIECES.length)] ?? bytes('')),
      )
      const whole = filter(data)
      const cuts = Array.from({ length: random(8) }, () => random(data.length + 1)).sort((a, b) => a - b)
      assert.equal(filter(data, cuts), whole, JSON.stringify([data.toString('latin1'), cuts]))
      assert.doesNotMatch(whole, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
    }
  })

  it('gives the same whether it begins at the first line or a later one', () => {
    const random = numbers(7)
    for (let round = 0; round < 1000; round += 1) {
      const [head, tail] = [0, 1].map(() =>
        Buffer.concat(Array.from({ length: random(20) }, () => PIECES[random(PIECES.length)] ?? bytes(''))),
      ) as [Buffer, Buffer]
      const newline = bytes('\n')
      assert.equal(
        filter(Buffer.concat([head, newline, tail])),
        filter(Buffer.concat([head, newline])) + filter(tail),
      )
    }
  })

  it('hides at most a megabyte behind a string that never ends', () => {
    const text = filter(Buffer.concat([bytes('\x1b]0;'), Buffer.alloc(3 * 1024 * 1024, 'x')]))
    assert.ok(text.length >= 2 * 1024 * 1024 - 10, String(text.length))
  })

  it('begins anew after its end', () => {
    for (const cut of ['\x1b', '\x1b[3', '\x1b]0;t', '\xe2\x82']) {
      const escapes = new EscapeFilter()
      escapes.push(bytes(cut))
      assert.equal(escapes.end().toString(), cut === '\xe2\x82' ? '\ufffd' : '')
      assert.equal(escapes.push(bytes('ab\n')).toString(), 'ab\n', JSON.stringify(cut))
    }
  })

  it('hides nothing behind a control sequence that never ends', () => {
    assert.ok(filter(`\x1b${'!'.repeat(5000)}`).length > 4000)
    assert.ok(filter(`\x1b[${'1'.repeat(5000)}`).length > 4000)
  })

  it('redraws long lines in any chunks alike', () => {
    const random = numbers(3)
    for (const unit of ['x', 'é', '漢', '😀', 'e\u0301']) {
      for (const count of [16_380, 16_384, 16_390, 40_000]) {
        const data = Buffer.from(`${unit.repeat(count)}\rAB\b${unit.repeat(count)}\rC\n`)
        const cuts = Array.from({ length: 50 }, () => random(data.length)).sort((a, b) => a - b)
        assert.equal(filter(data, cuts), filter(data))
      }
    }
  })

  it('loses nothing of a line with more columns than can be redrawn', () => {
    const tabs = '\t'.repeat(3000)
    assert.ok(filter(`${tabs}end\rx\n`) === `${tabs}endx\n`)
  })

  it('keeps its memory bounded on an endless line', () => {
    const escapes = new EscapeFilter()
    const chunk = Buffer.alloc(65_536, 'y')
    let shown = 0
    for (let count = 0; count < 400; count += 1) shown += escapes.push(chunk).length
    assert.ok(400 * 65_536 - shown <= 32_768)
    for (const piece of ['\x1b[200C', '\b', '\r', '\u0301', '\t', '\x1b[200@']) {
      const redrawn = new EscapeFilter()
      redrawn.push(Buffer.from(`ab\rb${piece.repeat(20_000)}`))
      assert.ok(redrawn.unfinished.length <= 33_000, JSON.stringify(piece))
    }
  })
})
