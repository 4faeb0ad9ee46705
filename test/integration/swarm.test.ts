import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { outcome, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

interface Row extends AgentRow {
  ok: boolean
}

describe('agentvm swarm', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const running = async () =>
    (await home.json<AgentRow[]>('list', '--status', 'running')).map(({ name }) => name)

  it('starts each with the flags of spawn and its own prompt, and prints the names when piped', async () => {
    const script = 'read -r line; echo "$line" >got; exec cat'
    const said = await home.run([
      ...['swarm', 'w', '3', '-t', 'k=v', '--net', 'none', '-m', 'part {i} of {n} for {name}'],
      ...['--', 'sh', '-c', script],
    ])
    assert.deepEqual([said.code, said.stdout, said.stderr], [0, 'w-1\nw-2\nw-3\n', ''])
    for (const index of [1, 2, 3]) {
      const path = home.file('workspaces', `w-${index}`, 'got')
      await until(
        () => existsSync(path) && readFileSync(path, 'utf8') === `part ${index} of 3 for w-${index}\n`,
        'the prompt',
      )
    }
    for (const { tags, network } of await home.json<AgentRow[]>('list'))
      assert.deepEqual([tags, network], [{ k: 'v' }, 'none'])
    assert.equal(home.read('history.log').match(/\tspawn\tw-/g)?.length, 3)
  })

  it('gives each a prompt of a folder, in natural order, and takes their number from it', async () => {
    const folder = home.file('..', 'prompts')
    mkdirSync(folder)
    for (const index of [1, 2, 10]) writeFileSync(join(folder, `t${index}`), `task ${index}`)
    const rows = await home.json<Row[]>('swarm', 'w', '--prompts', folder, '--', 'cat')
    assert.deepEqual(
      rows.map(({ name, ok, status }) => [name, ok, status]),
      [1, 2, 3].map((index) => [`w-${index}`, true, 'running']),
    )
    assert.equal(home.read('state', 'w-3.prompt'), 'task 10')
    assert.equal((await home.run(['swarm', 'x', '2', '--prompts', folder, '--', 'cat'])).code, 2)
  })

  it('reports one that can’t start, starts the others, and exits with 1', async () => {
    await home.ok('spawn', 'w-2', '--', 'cat')
    const { code, stdout, stderr } = await home.run(['swarm', 'w', '--count', '3', '--', 'cat'])
    assert.deepEqual([code, stdout], [1, 'w-1\nw-3\n'])
    assert.match(stderr, /^agentvm: w-2: agent 'w-2' is already running\n/)
    assert.deepEqual(await running(), ['w-1', 'w-2', 'w-3'])
  })

  it('shows a line an agent on a terminal', async () => {
    const terminal = new ShellTerminal(['sh'], { AGENTVM_HOME: home.path, PATH: process.env.PATH ?? '' })
    try {
      terminal.type(`'${process.execPath}' '${RUN_JS}' swarm w 2 -- cat; echo "code $?"\n`)
      const screen = await terminal.shows(/code 0/)
      assert.match(screen, /\[1\/2\] w-[12]: running/)
      assert.match(screen, /\[2\/2\] w-[12]: running/)
    } finally {
      terminal.close()
    }
  })

  it('plans without doing anything, and refuses what can’t be before doing anything', async () => {
    const plans = await home.json<{ name: string }[]>('swarm', 'w', '2', '--dry-run', '--', 'cat')
    assert.deepEqual(
      plans.map(({ name }) => name),
      ['w-1', 'w-2'],
    )
    for (const args of [[], ['w'], ['w', '0'], ['w', 'x'], ['w', '1', '-n', '2'], ['-w', '1']]) {
      assert.equal((await home.run(['swarm', ...args, '--', 'cat'])).code, 2, args.join(' '))
    }
    assert.deepEqual(home.leftovers('state', 'workspaces'), [])
  })

  it('leaves whole agents only when it is interrupted, and says how many', async () => {
    const child = home.start(['swarm', 'w', '40', '--', 'sleep', '3501'], { env: { NODE_V8_COVERAGE: '' } })
    const ended = outcome(child)
    await until(() => existsSync(home.file('history.log')), 'the first agent')
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    const names = stdout.trim().split('\n')
    assert.equal(code, 130, stderr)
    assert.match(
      stderr,
      new RegExp(`^agentvm: interrupted: ${names.length} done, ${40 - names.length} not$`, 'm'),
    )
    assert.deepEqual(await running(), names)
    assert.equal((await home.json<AgentRow[]>('list')).length, names.length)
    const runs = home.leftovers('run').filter((file) => !file.endsWith('.json'))
    assert.equal(runs.length, names.length)
    assert.equal(home.leftovers('workspaces').length, names.length)
    assert.deepEqual(
      home.leftovers('state').filter((file) => file.endsWith('.lock') || file.includes('.previous')),
      [],
    )
  })
})
