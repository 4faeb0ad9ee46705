import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { type CliResult, TestHome, until } from '../support/agentvm.ts'

const CLOCK = join(import.meta.dirname, '../support/clock.mjs')
const DAY_MS = 86_400_000
/** Reads a line, works on it until it is told to go on, and is idle again. */
const PROFILE = {
  command: ['sh', '-c', 'while printf "ready> " && read -r _; do clear; echo "* at work"; sleep 0.7; done'],
  prompt: { via: 'typed' },
  activity: {
    rules: [
      { id: 'works', state: 'working', in: 'bottom', lines: 1, match: '^\\* at work' },
      { id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' },
    ],
  },
}

describe('a clock', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    writeFileSync(home.file('profiles/standin.json'), JSON.stringify(PROFILE))
  })
  afterEach(() => home.remove())

  const by = (clock: Record<string, string>) => {
    const env = { NODE_OPTIONS: `--import ${CLOCK}`, NODE_V8_COVERAGE: '', ...clock }
    const run = (...args: string[]): Promise<CliResult> => home.run(args, { env })
    return Object.assign(
      async (...args: string[]) => {
        const { code, stdout, stderr } = await run(...args)
        assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
        return stdout
      },
      { run },
    )
  }

  it('that was put back or forward by days ages nothing below zero, and keeps what runs running', async () => {
    await home.ok('spawn', 'a1', '-p', 'standin', '--net', 'none')
    await home.ok('spawn', 'gone', '--net', 'none', '--', 'true')
    await home.ok('wait', 'gone')
    const earlier = by({ CLOCK_SHIFT_MS: `${-9 * DAY_MS}` })
    const later = by({ CLOCK_SHIFT_MS: `${9 * DAY_MS}` })
    const { pid } = await home.json<AgentRow>('info', 'a1')
    for (const [at, age] of [
      [earlier, '0s'],
      [later, '9d'],
    ] as const) {
      assert.match(await at('list'), new RegExp(`^a1 +running .* ${age} `, 'm'))
      assert.match(await at('info', 'a1'), new RegExp(`^created .*\\(${age} ago\\)$`, 'm'))
      const info = JSON.parse(await at('info', 'a1', '--json')) as AgentRow
      assert.deepEqual([info.status, info.pid], ['running', pid])
      const printed = [
        await at('ps'),
        await at('stats'),
        await at('list', '--json'),
        await at('ps', '--json'),
      ]
      assert.doesNotMatch(printed.join(''), /[ :]-\d/)
    }
    // Nothing for days: idle since then.
    await until(async () => (await home.json<AgentRow>('info', 'a1')).activity === 'idle', 'its prompt')
    assert.match(await later('info', 'a1'), /^activity +idle.*9d/m)
    await home.ok('exec', 'a1', 'work')
    await home.ok('wait', 'a1', '--until', 'idle', '--timeout', '60')
    // Not at work on a prompt that was sent a moment ago, by a clock that was put back since.
    assert.match(await earlier('info', 'a1'), /^activity +idle/m)
    assert.match(await earlier('history', '--since', '1h'), /spawn\s+a1/)
    assert.equal(await later('history', '--since', '8d'), '')
    await later('clean', 'gone')
    assert.match(await earlier('trash', 'list'), /^gone .* 0s ago /m)
    await earlier('trash', 'restore', 'gone')
    await earlier('restart', 'a1')
    await later('kill', 'a1')
    assert.match(await home.ok('history'), /kill\s+a1/)
  })

  it('that jumps by days at any moment neither holds a command up nor hurries it', async () => {
    const wild = by({ CLOCK_WILD: '1' })
    await wild('spawn', 'a1', '-p', 'standin', '--net', 'none', '-m', 'first')
    const began = performance.now()
    assert.equal((await wild.run('wait', 'a1', '--timeout', '0.6')).code, 124)
    assert.ok(performance.now() - began >= 600)
    await wild('wait', 'a1', '--until', 'idle', '--timeout', '60')
    await wild('exec', 'a1', '--wait', '--timeout', '60', 'second')
    await wild('restart', 'a1')
    await wild('kill', 'a1')
    await wild('clean', '--force')
  })
})
