import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'

const COUNTER = join(import.meta.dirname, '../support/count-programs.cjs')

describe('one look at the system', function () {
  this.timeout(240_000)
  const home = new TestHome()
  before(() => home.ok('swarm', 'w', '3', '--net', 'none', '--', 'cat'))
  after(() => home.remove())

  /** The programs that a command starts, in their order. */
  async function programsOf(...args: string[]): Promise<string[]> {
    const file = home.file('programs')
    const path = `${home.file('counted')}:${process.env.PATH}`
    const env = { COUNT_PROGRAMS: file, NODE_OPTIONS: `--require="${COUNTER}"`, PATH: path }
    const { code, stderr } = await home.run(args, { env })
    assert.equal(code, 0, stderr)
    const lines = (() => {
      try {
        return readFileSync(file, 'utf8').trimEnd().split('\n')
      } catch {
        return []
      }
    })()
    rmSync(file, { force: true })
    return lines
  }

  it('starts no program for reports, however many agents run', async () => {
    const reports = [
      ...['list', 'list --activity idle', 'ps', 'stats', 'info w-1', 'history', 'logs w-1 w-2', 'diff w-1'],
    ]
    for (const report of reports) assert.deepEqual(await programsOf(...report.split(' ')), [], report)
  })

  it('types a message into each agent by one tmux', async () => {
    // A shell starts them: they count themselves.
    mkdirSync(home.file('counted'))
    for (const name of ['tmux', 'stty']) {
      const real = execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
      const script = `#!/bin/sh\necho ${name} >>${home.file('programs')}\nexec ${real} "$@"\n`
      writeFileSync(home.file('counted', name), script, { mode: 0o755 })
    }
    const programs = await programsOf('broadcast', 'hello')
    const times = (name: string) => programs.filter((line) => line === name).length
    assert.deepEqual([programs[0], times('tmux')], ['/bin/sh -s', 3])
    assert.ok(programs.length <= 1 + 3 + 3 * (process.platform === 'linux' ? 1 : 2), programs.join())
  })

  it('ends all agents without a program', async () => {
    assert.deepEqual(await programsOf('killall', '--force'), [])
    assert.equal(await home.ok('list', '-q', '--status', 'running'), '')
  })
})
