import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chooseGroups } from './groups.ts'
import { reportAt } from './report.ts'
import { asMarkdown } from './table.ts'
import { Workbench } from './workbench.ts'

/** The committed baseline, from the repository's root. */
const BASELINE = 'test/bench/baseline.json'
const SHORT = { rounds: 5, groups: ['start'] }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    short: { type: 'boolean', default: false },
    against: { type: 'string' },
    json: { type: 'string' },
  },
})
const groups = chooseGroups(values.short ? SHORT.groups : positionals)
const before = values.against ? reportAt(BASELINE, values.against) : undefined

const stop = new AbortController()
// Again and again: who waits for the end of what runs may be asked more than once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

const bench = new Workbench(values.short ? SHORT.rounds : Number(values.rounds), stop.signal)
try {
  for (const [name, group] of groups) await bench.run(name, group)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(bench.report, null, 2)}\n`)
  process.stdout.write(asMarkdown(bench.report, before))
} catch (error) {
  if (!stop.signal.aborted) throw error
  process.stderr.write('bench: interrupted; what it made is removed\n')
  process.exitCode = 130
}
