import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../support/cli-installed.ts'
import { FaultyHome } from '../support/faults/faulty-home.ts'
import { FAULT_SCENARIOS } from '../support/faults/scenarios.ts'

/** Commands that change nothing but what each of them tidies up: `list` stands for that. */
const ONLY_READ = [
  ...['activity explain', 'attach', 'autocomplete', 'commands', 'config get', 'config list', 'config path'],
  ...['diff', 'env get', 'env list', 'env path', 'exit-codes', 'grid', 'history', 'identity list'],
  ...['identity show', 'identity sign', 'identity verify', 'info', 'keys', 'logs', 'open', 'plugins'],
  ...['plugins inspect', 'policy', 'policy explain', 'profiles', 'profiles show', 'provenance list'],
  ...['provenance show', 'ps', 'queue list', 'root', 'sandboxes', 'stats', 'tmux', 'trash list', 'verify'],
  ...['version', 'wait', 'watch'],
]
/** What changes no home of agents, and where it is attacked. */
const ELSEWHERE: Record<string, string> = { upgrade: 'test/integration/upgrade.test.ts' }

const DOCUMENT = join(ROOT, 'docs/decisions/faults.md')
const TABLE = /\| command \| scenarios \|\n(?:\|.*\n)+/

describe('the scenarios of faults', () => {
  const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, unknown>
  }
  const ids = Object.keys(commands).map((id) => id.replaceAll(':', ' '))
  const titles = new Map<string, string[]>()
  before(() => {
    const home = new FaultyHome()
    for (const { title, command } of FAULT_SCENARIOS) {
      const words = typeof command === 'function' ? command(home) : command
      const id = [words.slice(0, 2).join(' '), words[0] ?? ''].find((each) => ids.includes(each)) ?? ''
      titles.set(id, [...(titles.get(id) ?? []), title])
    }
    rmSync(dirname(home.path), { recursive: true })
  })

  it('attack every command that changes something: a new one needs a scenario', () => {
    const attacked = [...titles.keys()]
    assert.deepEqual([...attacked, ...ONLY_READ, ...Object.keys(ELSEWHERE)].sort(), [...ids].sort())
    for (const file of Object.values(ELSEWHERE)) assert.ok(existsSync(join(ROOT, file)), file)
  })

  it('are the table of the decision', () => {
    const rows = [...titles].map(([id, of]) => `| \`${id}\` | ${of.join(' · ')} |`).sort()
    const table = ['| command | scenarios |', '| --- | --- |', ...rows, ''].join('\n')
    const text = readFileSync(DOCUMENT, 'utf8')
    if (process.env.UPDATE_FAULTS)
      writeFileSync(
        DOCUMENT,
        text.replace(TABLE, () => table),
      )
    assert.equal(
      TABLE.exec(readFileSync(DOCUMENT, 'utf8'))?.[0],
      table,
      'UPDATE_FAULTS=1 npm test -- test/unit/fault-scenarios.test.ts',
    )
  })
})
