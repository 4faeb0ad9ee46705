import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { formatAge, formatAgeSince } from '../../src/terminal/age.ts'
import { formatBytes } from '../../src/terminal/bytes.ts'
import { coloursFor, wantsColour } from '../../src/terminal/colour.ts'
import { confirm, confirmTyped } from '../../src/terminal/confirm.ts'
import { LinePrefix } from '../../src/terminal/line-prefix.ts'
import { sanitizeLine } from '../../src/terminal/sanitize.ts'
import { formatTable } from '../../src/terminal/table.ts'
import { textWidth, truncateText } from '../../src/terminal/width.ts'

describe('a text’s width', () => {
  const cases: [string, number][] = [
    ['abc', 3],
    ['', 0],
    ['é', 1],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['한', 2],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['👍🏽', 2],
    ['❤️', 2],
    ['✓', 1],
    ['│', 1],
    ['ＡＢ', 4],
    ['ﾊ', 1],
    ['𠀀', 2],
  ]
  for (const [text, width] of cases)
    it(`is ${width} for '${text}'`, () => assert.equal(textWidth(text), width))

  it('is never exceeded by a cut, which splits no character', () => {
    assert.equal(truncateText('abcdef', 4), 'abc…')
    assert.equal(truncateText('abcd', 4), 'abcd')
    assert.equal(truncateText('漢字漢字', 4), '漢…')
    assert.equal(truncateText('👨‍👩‍👧👨‍👩‍👧', 3), '👨‍👩‍👧…')
    assert.equal(truncateText('abc', 1), '…')
    assert.equal(truncateText('abc', 0), '')
  })
})

describe('a table', () => {
  const rows = [
    { name: 'w-1', tags: 'env=prod,task=a-very-long-task-name', pid: 12 },
    { name: '漢字', tags: '', pid: 12345 },
  ]
  const columns = [
    { header: 'NAME', value: (row: (typeof rows)[number]) => row.name, fixed: true },
    { header: 'PID', value: (row: (typeof rows)[number]) => String(row.pid), align: 'right' as const },
    { header: 'TAGS', value: (row: (typeof rows)[number]) => row.tags },
  ]

  it('aligns columns by what the terminal shows and marks empty cells', () => {
    assert.equal(
      formatTable(rows, columns),
      'NAME    PID  TAGS\nw-1      12  env=prod,task=a-very-long-task-name\n漢字  12345  -\n',
    )
  })

  it('cuts the widest column to the terminal’s width', () => {
    const text = formatTable(rows, columns, { width: 30 })
    for (const line of text.trimEnd().split('\n')) assert.ok(textWidth(line) <= 30, line)
    assert.match(text, /env=prod,task=a-…/)
  })

  it('cuts no fixed column, and keeps going on a terminal that is far too narrow', () => {
    assert.match(formatTable(rows, columns, { width: 5 }), /w-1 {6}12 {2}env=p…/)
  })

  it('lets no cell reach the terminal', () => {
    const text = formatTable([{ name: 'a\x1b[2J\nb\u202ec', tags: '', pid: 1 }], columns)
    assert.equal(text.split('\n')[1], 'a b c    1  -')
  })

  it('colours without changing the alignment', () => {
    const painted = columns.map((column) => ({ ...column, paint: (text: string) => `<${text}>` }))
    assert.equal(
      formatTable(rows, painted).split('\n')[1],
      '<w-1>      <12>  <env=prod,task=a-very-long-task-name>',
    )
  })
})

describe('texts for people', () => {
  it('show ages as one unit', () => {
    const ages = [0, 59.9, 60, 3599, 3600, 86_399, 86_400 * 4, -5].map(formatAge)
    assert.deepEqual(ages, ['0s', '59s', '1m', '59m', '1h', '23h', '4d', '0s'])
    assert.equal(formatAgeSince('2026-01-01T00:00:00Z', new Date('2026-01-01T02:30:00Z')), '2h')
    assert.equal(formatAgeSince('', new Date()), '-')
  })

  it('show sizes with a unit', () => {
    const sizes = [0, 1023, 1024, 1536, 10_189, 1024 ** 2 - 1, 23 * 1024 ** 2, 1.5 * 1024 ** 3].map(
      formatBytes,
    )
    assert.deepEqual(sizes, ['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '10 KiB', '1.0 MiB', '23 MiB', '1.5 GiB'])
  })

  it('are one line without controls', () => {
    assert.equal(sanitizeLine(' a\x1b[31mb\x07\r\nc\u2028d\u009b1m\u202ee '), 'ab c d e')
  })

  it('are coloured on terminals only, unless the environment says otherwise', () => {
    assert.equal(wantsColour({ isTTY: true }, {}), true)
    assert.equal(wantsColour({ isTTY: undefined }, {}), false)
    assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: '1' }), false)
    assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: '' }), true)
    assert.equal(wantsColour({}, { FORCE_COLOR: '1', NO_COLOR: '1' }), true)
    assert.equal(wantsColour({ isTTY: true }, { FORCE_COLOR: '0' }), false)
    assert.equal(wantsColour({ isTTY: true }, { TERM: 'dumb' }), false)
    assert.equal(coloursFor({}, { FORCE_COLOR: '1' }).red('x'), '\x1b[31mx\x1b[39m')
    assert.equal(coloursFor({}, {}).red('x'), 'x')
  })
})

describe('a line’s mark', () => {
  it('stands before whole lines of each source', () => {
    const prefix = new LinePrefix(['a', 'bcd'], {})
    assert.equal(prefix.add('a', Buffer.from('one\ntw')).toString(), 'a   | one\n')
    assert.equal(prefix.add('bcd', Buffer.from('x\ny\n')).toString(), 'bcd | x\nbcd | y\n')
    assert.equal(prefix.add('a', Buffer.from('o\nrest')).toString(), 'a   | two\n')
    assert.equal(prefix.end('a').toString(), 'a   | rest\n')
    assert.equal(prefix.end('a').toString(), '')
  })
})

describe('a confirmation', () => {
  const dialogue = (answer: string, isTTY = true) => {
    const input = Object.assign(new PassThrough(), { isTTY })
    input.end(answer)
    return { input, output: new PassThrough() }
  }

  it('takes yes for yes and everything else for no', async () => {
    for (const answer of ['y\n', 'YES\n', 'yes\n'])
      assert.equal(await confirm('Sure?', dialogue(answer)), true)
    for (const answer of ['\n', 'n\n', 'yeah\n', ''])
      assert.equal(await confirm('Sure?', dialogue(answer)), false)
  })

  it('can ask for a typed word', async () => {
    assert.equal(await confirmTyped('All goes.', 'yes', dialogue('yes\n')), true)
    assert.equal(await confirmTyped('All goes.', 'yes', dialogue('y\n')), false)
  })

  it('is refused as bad usage where there is no terminal', async () => {
    await assert.rejects(confirm('Sure?', dialogue('y\n', false)), { exitCode: 2, fix: /--force/ })
  })
})
