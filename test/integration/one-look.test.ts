import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'

const COUNTER = join(import.meta.dirname, '../support/count-programs.cjs')

describe('one look at the system', function () {
  this.timeout(60_000)
  const home = new TestHome()
  before(() => home.ok('swarm', 'w', '3', '--net', 'none', '--', 'cat'))
  after(() => home.remove())

  /** The programs that a command starts, in their order. */
  async function programsOf(...args: string[]): Promise<string[]> {
    const file = home.file('programs')
    const env = { COUNT_PROGRAMS: file, NODE_OPTIONS: `--require="${COUNTER}"` }
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
    const programs = await programsOf('broadcast', 'hello')
    assert.equal(programs.filter((line) => line.startsWith('tmux')).length, 3)
    assert.equal(programs.length, process.platform === 'linux' ? 6 : 9)
  })

  it('ends all agents without a program', async () => {
    assert.deepEqual(await programsOf('killall', '--force'), [])
    assert.equal(await home.ok('list', '-q', '--status', 'running'), '')
  })
})
