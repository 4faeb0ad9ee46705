import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendEvent, appendJournal } from '../../src/agents/journal/append.ts'
import { formatDetail, parseDetail } from '../../src/agents/journal/detail.ts'
import { eventRow, type JournalEntry, type JournalFilter } from '../../src/agents/journal/entry.ts'
import { readJournal } from '../../src/agents/journal/read.ts'
import { parseMoment } from '../../src/command-line/since-flag.ts'
import { Home } from '../../src/settings/home.ts'

const ALL: JournalFilter = { events: [], names: [], since: undefined }
const WRITER = join(import.meta.dirname, '../../src/agents/journal/append.ts')
const HOME = join(import.meta.dirname, '../../src/settings/home.ts')

describe('the journal', () => {
  let home: Home
  beforeEach(() => {
    home = new Home({ AGENTVM_HOME: mkdtempSync(join(tmpdir(), 'agentvm-journal-')) })
  })
  afterEach(() => rmSync(home.root, { recursive: true, force: true }))

  const read = async (filter: Partial<JournalFilter> = {}, count = 1_000_000) => {
    const entries: JournalEntry[] = []
    for await (const batch of readJournal(home.journal, { ...ALL, ...filter }, count)) entries.push(...batch)
    return entries
  }
  const line = (index: number, event = 'spawn', name = 'a1') =>
    `${new Date(1_700_000_000_000 + index * 1000).toISOString().slice(0, 19)}Z\t${event}\t${name}\tn=${index}\n`

  it('is one line an entry, whatever the fields hold', async () => {
    appendJournal(home, ['2026-01-01T00:00:00Z', 'spawn', 'a\tb\nc', 'x\r\n\u2028y\x1b[31m\0'])
    assert.equal(readFileSync(home.journal, 'utf8'), '2026-01-01T00:00:00Z\tspawn\ta b c\tx y [31m \n')
    assert.equal((await read()).length, 1)
  })

  it('keeps every line of concurrent writers while it is put aside under them', async () => {
    const script = `const { appendJournal } = await import(${JSON.stringify(WRITER)})
      const { Home } = await import(${JSON.stringify(HOME)})
      const home = new Home()
      for (let i = 0; i < 1000; i += 1) appendJournal(home, ['2026-01-01T00:00:00Z', 'spawn', process.argv[1] + '-' + i, ''], 60_000)`
    const writers = Array.from({ length: 4 }, (_, index) =>
      spawn(process.execPath, ['--input-type=module', '-e', script, `w${index}`], {
        env: { ...process.env, AGENTVM_HOME: home.root, NODE_V8_COVERAGE: '' },
        stdio: 'inherit',
      }),
    )
    for (const [code] of await Promise.all(writers.map((writer) => once(writer, 'exit'))))
      assert.equal(code, 0)
    const names = (await read()).map(({ name }) => name)
    assert.equal(names.length, 4000)
    assert.equal(new Set(names).size, 4000)
    const files = readdirSync(home.root)
    assert.ok(files.includes('history.log.2'), files.join(' '))
    assert.ok(!files.some((file) => file.endsWith('.lock')), files.join(' '))
  })

  it('takes no entry along where a power failure has cut the last one short', async () => {
    writeFileSync(home.journal, `${line(0)}2026-01-01T00:00:0`)
    appendJournal(home, ['2026-01-01T00:00:01Z', 'kill', 'a1', ''])
    assert.deepEqual((await read()).map(({ event }) => event).sort(), ['kill', 'spawn'])
  })

  it('keeps events.jsonl from growing without end, too', () => {
    for (let index = 0; index < 100; index += 1) appendEvent(home, { index }, 200)
    const files = readdirSync(home.root)
      .filter((name) => name.startsWith('events.jsonl'))
      .sort()
    assert.deepEqual([files.length, files.at(-1)], [7, 'events.jsonl.6'])
    assert.match(readFileSync(`${home.events}.6`, 'utf8'), /^\{"index":0\}\n/)
  })

  it('is read across the files that were put aside, the oldest entry first', async () => {
    writeFileSync(`${home.journal}.3`, line(0) + line(1))
    writeFileSync(`${home.journal}.1`, line(2) + line(3))
    writeFileSync(home.journal, line(4))
    assert.deepEqual(
      (await read()).map(({ detail }) => detail),
      ['n=0', 'n=1', 'n=2', 'n=3', 'n=4'],
    )
    assert.deepEqual(
      (await read({}, 2)).map(({ detail }) => detail),
      ['n=3', 'n=4'],
    )
    assert.deepEqual(await read({}, 0), [])
  })

  it('finds the last entries that fit, also where few do', async () => {
    const text = Array.from({ length: 30_000 }, (_, index) =>
      line(index, index % 10_000 === 7 ? 'kill' : 'spawn', `a${index % 3}`),
    )
    writeFileSync(home.journal, text.join(''))
    assert.deepEqual(
      (await read({ events: ['kill'] })).map(({ detail }) => detail),
      ['n=7', 'n=10007', 'n=20007'],
    )
    assert.deepEqual(
      (await read({ events: ['kill'] }, 2)).map(({ detail }) => detail),
      ['n=10007', 'n=20007'],
    )
    const last = await read({ names: ['a1'] }, 3)
    assert.deepEqual(
      last.map(({ detail }) => detail),
      ['n=29992', 'n=29995', 'n=29998'],
    )
    const since = new Date(1_700_000_000_000 + 29_998_000)
    assert.equal((await read({ since })).length, 2)
  })

  it('bears lines of other tools, cut lines, endless lines, and having no file', async () => {
    assert.deepEqual(await read(), [])
    writeFileSync(
      home.journal,
      `2026-01-01T00:00:00Z\tpurge\tall\t\n\n2026-01-\n${'x'.repeat(500_000)}\nno tab\n`,
    )
    appendFileSync(home.journal, '2026-01-02T00:00:00Z\tspawn\tlast\tfree text')
    const entries = await read()
    assert.deepEqual(
      entries.map(({ name, detail }) => [name, detail]),
      [
        ['all', ''],
        ['last', 'free text'],
      ],
    )
    assert.deepEqual(eventRow(entries[1] as JournalEntry).profile, null)
  })

  it('shows the last 50 of a million entries without reading the others', async () => {
    writeFileSync(home.journal, line(1).repeat(1_000_000))
    const bytesRead = () => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    const before = bytesRead()
    assert.equal((await read({}, 50)).length, 50)
    assert.ok(bytesRead() - before < 2e6)
  })
})

describe('the detail of an event', () => {
  it('gives its facts back, whatever they hold', () => {
    const facts = { profile: 'claude-code', command: 'a "b" \\ \n c=d', code: '0', empty: '' }
    const detail = formatDetail({ ...facts, code: 0 })
    assert.ok(!/[\n\t]/.test(detail))
    assert.deepEqual(parseDetail(detail), facts)
  })
})

describe('a moment', () => {
  const now = new Date('2026-05-05T12:00:00Z')
  for (const [text, iso] of [
    ['90s', '2026-05-05T11:58:30.000Z'],
    ['2h', '2026-05-05T10:00:00.000Z'],
    ['1w', '2026-04-28T12:00:00.000Z'],
    ['2026-05-01T00:00:00Z', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01 00:00:00+02:00', '2026-04-30T22:00:00.000Z'],
  ] as const)
    it(`is read from ${text}`, () => assert.equal(parseMoment(text, now)?.toISOString(), iso))
  for (const text of ['', '5', 'yesterday', '2026-13-01', '1h30'])
    it(`isn't read from ${JSON.stringify(text)}`, () => assert.equal(parseMoment(text, now), undefined))
})
