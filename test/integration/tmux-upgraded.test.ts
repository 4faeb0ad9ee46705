import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { processesWith, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { BashTool } from '../support/bash-tool.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'
import { upgradeTmux } from '../support/upgraded-tmux.ts'

const PROFILE = {
  command: ['sh', '-c', 'echo up; cat'],
  prompt: { via: 'typed' },
  activity: { rules: [{ id: 'up', state: 'idle', in: 'bottom', lines: 1, match: '^up' }] },
}
const SAID =
  /^agentvm: (?:a1: )?tmux was upgraded while agent 'a1' ran: .*\n {2}→ 'agentvm logs a1' .*'agentvm restart a1' .*\n$/

describe('tmux, upgraded while an agent runs', function () {
  this.timeout(240_000)
  let home: TestHome
  let env: Record<string, string>
  const run = (...args: string[]) => home.run(args, { env })
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args)
    assert.equal(code, 0, `${args}: ${stderr}`)
    return stdout
  }

  before(async () => {
    home = new TestHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    writeFileSync(home.file('profiles/standin.json'), JSON.stringify(PROFILE))
    await home.ok('spawn', 'a1', '-p', 'standin', '-t', 'x=y', '--net', 'none')
    const folder = upgradeTmux(dirname(home.path), 'protocol version mismatch (client 9, server 8)')
    env = { PATH: `${folder}:${process.env.PATH}` }
  })
  after(() => home.remove())

  for (const args of [
    ['exec', 'a1', 'hello'],
    ['exec', 'a1', '--if-idle', 'hello'],
    ['exec', 'a1', '--wait', 'hello'],
    ['exec', 'a1', '--interrupt', 'hello'],
    ['broadcast', 'hello'],
    ['wait', 'a1', '--until', 'idle'],
    ['logs', 'a1', '--screen'],
    ['tmux', 'a1', 'list-sessions'],
    ['rename', 'a1', 'b1'],
  ]) {
    it(`is what ${args.join(' ')} says, and what to do`, async () => {
      const { code, stderr } = await run(...args)
      assert.equal(code, 1)
      if (args.includes('--if-idle') || args.includes('--interrupt'))
        assert.match(stderr, /tmux was upgraded/)
      else assert.match(stderr, SAID)
    })
  }

  it('is what attach and grid say on a terminal, which shows nothing else', async () => {
    for (const command of ['attach a1', 'grid']) {
      const line = `'${process.execPath}' '${RUN_JS}' ${command}; echo "left with $?"; exec sh`
      const terminal = new ShellTerminal(['sh', '-c', line], {
        AGENTVM_HOME: home.path,
        PATH: env.PATH ?? '',
      })
      const screen = await terminal.shows(/left with 1/)
      terminal.close()
      assert.match(screen, /^agentvm: tmux was upgraded while agent 'a1' ran/)
    }
  })

  it('loses nothing: the agent runs on, is listed and followed, and is started again or ended', async () => {
    const row = await home.json<AgentRow>('info', 'a1')
    const upgraded = JSON.parse(await ok('info', 'a1', '--json')) as AgentRow
    assert.deepEqual([upgraded.status, upgraded.pid], ['running', row.pid])
    assert.match(await ok('logs', 'a1'), /up/)
    assert.match(await ok('list'), /^a1 +running/m)
    await ok('clean', '--dry-run')
    await ok('spawn', 'a2', '--net', 'none', '--', 'sleep', '1000')
    await ok('restart', 'a1')
    await until(async () => /up/.test(await ok('logs', 'a1', '--screen')), 'its new screen')
  })

  it('doesn’t keep an agent from being killed, whatever words it has for it', async () => {
    const { id } = await home.json<AgentRow>('info', 'a1')
    const says = 'server version is too old for client'
    env = { PATH: `${upgradeTmux(dirname(home.path), says)}:${process.env.PATH}` }
    assert.match((await run('exec', 'a1', 'hello')).stderr, SAID)
    await ok('kill', 'a1')
    assert.equal(existsSync(home.file('run', id, 'tmux')), false)
    assert.deepEqual(processesWith(home.file('run', id)), [])
    await ok('purge', '--force')
  })
})

describe('an agent of the bash tool whose tmux was upgraded', () => {
  it('is not taken for dead, so that no clean takes its work away; and can be killed', async () => {
    const home = new TestHome()
    const bashTool = new BashTool(home)
    try {
      bashTool.spawn('a1', ['sleep', '1000'])
      const folder = upgradeTmux(dirname(home.path), 'protocol version mismatch (client 9, server 8)')
      const options = { env: { ...bashTool.env, PATH: `${folder}:${process.env.PATH}` } }
      assert.match((await home.run(['list'], options)).stdout, /^a1 +running/m)
      await home.run(['clean', '--force'], options)
      assert.equal(existsSync(home.file('workspaces/a1')), true)
      const killed = await home.run(['kill', 'a1'], options)
      assert.equal(killed.code, 0, killed.stderr)
      assert.deepEqual(bashTool.sessions(), [])
    } finally {
      bashTool.remove()
      await home.remove()
    }
  })
})
