import assert from 'node:assert/strict'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

interface Row {
  name: string
  ok: boolean
}

describe('a command on several agents', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const start = async (name: string, tag: string, ...command: string[]) =>
    home.ok('spawn', name, '-t', tag, '--', ...(command.length > 0 ? command : ['cat']))
  const running = async () =>
    (await home.json<AgentRow[]>('list', '--status', 'running')).map(({ name }) => name)

  describe('broadcast', () => {
    it('types into every running agent’s terminal, or into those with a tag, and reports each', async () => {
      const keeps = ['sh', '-c', 'stty -echo; : >got; echo up; cat >got']
      for (const name of ['a1', 'a2']) await start(name, 'g=1', ...keeps)
      await start('b1', 'g=2', ...keeps)
      await start('gone', 'g=1', 'true')
      for (const name of ['a1', 'a2', 'b1'])
        await until(async () => (await home.ok('logs', name)).includes('up'), `the start of ${name}`)
      const said = await home.ok('broadcast', '--tag', 'g=1', 'git pull', '--rebase')
      assert.deepEqual(said.trim().split('\n').sort(), ['a1: 17 bytes typed', 'a2: 17 bytes typed'])
      const rows = JSON.parse(await home.ok('broadcast', '--json', '--no-enter', 'all')) as Row[]
      assert.deepEqual(
        rows.map(({ name, ok }) => [name, ok]),
        [
          ['a1', true],
          ['a2', true],
          ['b1', true],
        ],
      )
      await home.ok('exec', '-t', 'g=1', '!')
      const got = (name: string) => home.read('workspaces', name, 'got')
      await until(() => got('a1') === 'git pull --rebase\nall!\n' && got('a2') === got('a1'), 'the texts')
      assert.equal(got('b1'), '')
    })

    it('reports one that can’t take it, types to the others, and exits with 1', async () => {
      await start('a1', 'g=1', 'cat')
      await start('a2', 'g=1', 'sh', '-c', 'stty raw -echo; echo up; exec cat >got')
      await until(async () => (await home.ok('logs', 'a2')).includes('up'), 'the start')
      const { code, stdout, stderr } = await home.run(['broadcast', 'x'.repeat(5000)])
      assert.deepEqual([code, stdout], [1, 'a2: 5000 bytes typed\n'])
      assert.match(stderr, /^agentvm: a1: line 1 has 5000 bytes/)
    })

    it('fails if nobody gets it, and needs a text', async () => {
      const nobody = await home.run(['broadcast', '--tag', 'g=1', 'hello'])
      assert.deepEqual([nobody.code, /no running agents with the tag g=1/.test(nobody.stderr)], [1, true])
      assert.equal((await home.run(['broadcast'])).code, 2)
    })
  })

  describe('killall', () => {
    it('refuses to end agents that weren’t named where nobody can be asked', async () => {
      await start('a1', 'g=1')
      for (const args of [['killall'], ['kill', '--all'], ['kill', '--tag', 'g=1']]) {
        const { code, stderr } = await home.run(args)
        assert.deepEqual([code, /--force/.test(stderr)], [2, true], args.join(' '))
      }
      assert.deepEqual(await running(), ['a1'])
    })

    it('ends those with a tag, or all, and says which', async () => {
      await start('a1', 'g=1')
      await start('a2', 'g=1')
      await start('b1', 'g=2', 'sh', '-c', 'echo up; exec cat')
      await until(async () => (await home.ok('logs', 'b1')).includes('up'), 'the start of b1')
      const said = await home.ok('killall', '--tag', 'g=1', '--force')
      assert.deepEqual(said.trim().split('\n').sort(), ['a1: killed', 'a2: killed'])
      assert.deepEqual(await running(), ['b1'])
      assert.deepEqual(await home.json('killall', '-f'), [
        { name: 'b1', ok: true, killed: true, exit_code: 143 },
      ])
      const none = await home.run(['killall', '--force'])
      assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'no running agents\n'])
    })

    it('asks on a terminal, names whom it would end, and does nothing on anything but yes', async () => {
      await start('a1', 'g=1')
      await start('a2', 'g=2')
      const terminal = new ShellTerminal(['sh'], { AGENTVM_HOME: home.path, PATH: process.env.PATH ?? '' })
      try {
        terminal.type(`'${process.execPath}' '${RUN_JS}' killall; echo "code $?"\n`)
        await terminal.shows(/This ends 2 running agents: a1, a2\. Go on\? \[y\/N\]/)
        terminal.press('Enter')
        await terminal.shows(/nothing was done\s+code 1/)
        assert.deepEqual(await running(), ['a1', 'a2'])
        terminal.type(`clear; '${process.execPath}' '${RUN_JS}' kill --tag g=1; echo "code $?"\n`)
        await terminal.shows(/This ends the agent a1\. Go on\?/)
        terminal.type('y\n')
        await terminal.shows(/a1: killed\s+code 0/)
      } finally {
        terminal.close()
      }
    })
  })

  it('is refused with no choice, with two kinds of choice, and for an unknown name, with a suggestion', async () => {
    await start('worker', 'g=1', 'true')
    for (const command of ['kill', 'wait', 'restart']) {
      assert.equal((await home.run([command])).code, 2, command)
      assert.equal((await home.run([command, 'worker', '--tag', 'g=1'])).code, 2, command)
      const unknown = await home.run([command, 'worker', 'wroker'])
      assert.deepEqual([unknown.code, /did you mean 'worker'/.test(unknown.stderr)], [1, true], command)
    }
    assert.equal((await home.run(['exec', 'worker', '--tag', 'g=1', 'x'])).code, 2)
  })

  it('waits for all with a tag, those that have ended included, and for all without names', async () => {
    await start('a1', 'g=1', 'sh', '-c', 'exit 3')
    await start('a2', 'g=1', 'true')
    await start('b1', 'g=2')
    assert.equal((await home.run(['wait', '--tag', 'g=1', '--exit-code'])).code, 3)
    assert.equal((await home.run(['wait', '--all', '--timeout', '0.2'])).code, 124)
    await home.ok('kill', 'b1')
    assert.equal((await home.json<AgentRow[]>('wait', '--all')).length, 3)
    assert.deepEqual(await home.json('wait', '--tag', 'g=none', '--any'), [])
  })
})
