import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchReport, emptyReport, reportAt } from '../bench/report.ts'
import { asMarkdown } from '../bench/table.ts'
import { type Samples, timingOf } from '../bench/timing.ts'
import { ROOT } from '../support/cli-installed.ts'

const twice: [Samples, number[]] = [{ wall: [20], cpu: 10 }, [10]]

const report = (): BenchReport => ({
  machine: { node: 'v24', cores: 2 },
  timings: [
    { group: 'one', ...timingOf({ name: 'floor' }, { wall: [10], cpu: 5 }) },
    { group: 'one', ...timingOf({ name: 'ours', floor: 'floor', target: { ratio: 1.8 } }, ...twice) },
    { group: 'one', ...timingOf({ name: 'more', floor: 'floor', target: { plus: 10 } }, ...twice) },
    { group: 'two', ...timingOf({ name: 'long', target: { most: 200 } }, { wall: [123.4], cpu: 10 }) },
  ],
  facts: [
    { group: 'one', name: 'drawn', value: 3, unit: 'bytes', target: null },
    { group: 'two', name: 'copy', value: 160, unit: 'MB/s', target: { least: 150 } },
    { group: 'two', name: 'copy', value: 120, unit: 'MB', target: { most: 100 } },
  ],
  missing: [{ name: 'other', why: 'there is none' }],
})

describe('the table of the bench', () => {
  it('has a row each, group by group, with its floor, its target and whether that is met', () => {
    assert.equal(
      asMarkdown(report()),
      [
        '|  | median | p95 | CPU | against its floor | target |',
        '| --- | --- | --- | --- | --- | --- |',
        '| floor | 10.0 ms | 10.0 | 5.0 |  |  |',
        '| ours | 20.0 ms | 20.0 | 10.0 | 2.00 × floor | 1.8 × missed |',
        '| more | 20.0 ms | 20.0 | 10.0 | 2.00 × floor | + 10 ms ✓ |',
        '| drawn | 3.00 bytes |  |  |  |  |',
        '| long | 123 ms | 123 | 10.0 |  | 200 ms ✓ |',
        '| copy | 160.00 MB/s |  |  |  | ≥ 150 ✓ |',
        '| copy | 120.00 MB |  |  |  | 100 missed |',
        '',
        'node v24, cores 2.',
        '',
        'Not measured: other: there is none',
        '',
        '3 of 5 targets met. What stands in the way of the others: docs/performance.md',
        '',
      ].join('\n'),
    )
  })

  it('puts an earlier run beside it, and nothing beside what is new', () => {
    const before = { ...report(), missing: [] }
    before.timings.pop()
    const lines = asMarkdown(report(), before).split('\n')
    const last = (name: string) =>
      lines.filter((line) => line.startsWith(`| ${name} `)).map((line) => line.split(' | ').at(-1))
    assert.deepEqual(last('ours'), ['20.0 ms, 2.00 × |'])
    assert.deepEqual(last('long'), [' |'])
    assert.deepEqual(last('copy'), ['160.00 |', '120.00 |'])
  })
})

describe('an earlier report of the bench', () => {
  it('is a file; the committed one can be put beside a new one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-unit-'))
    try {
      const file = join(folder, 'a.json')
      writeFileSync(file, JSON.stringify(report()))
      assert.deepEqual(reportAt('', file), report())
    } finally {
      rmSync(folder, { recursive: true })
    }
    const baseline = reportAt('', join(ROOT, 'test/bench/baseline.json'))
    const now = {
      ...report(),
      timings: [{ group: 'start', ...timingOf({ name: 'list -q, no agents' }, { wall: [1], cpu: 1 }) }],
    }
    assert.match(asMarkdown(now, baseline), /\| list -q, no agents \|.* ms, [\d.]+ × \|/)
  })

  it('says what it was measured on', () => {
    const { machine } = emptyReport()
    assert.deepEqual(Object.keys(machine), ['node', 'kernel', 'cpu', 'cores', 'memory_mb', 'load'])
  })
})
