import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { TestHome } from '../support/agentvm.ts'

describe('a state file that is wrong about the process of an agent that runs', () => {
  const home = new TestHome()
  let launcher: number | null = null
  before(async () => {
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'echo work >w; exec cat')
    await home.written('workspaces/a1/w')
    launcher = (await home.json<AgentRow[]>('list'))[0]?.pid ?? null
  })
  after(() => home.remove())

  for (const damage of [
    ["AGENT_PID='0'"],
    ["AGENT_PID=''"],
    ["AGENT_PID='1'"],
    ["AGENT_PID='99999999'"],
    ["AGENT_PID_START='x'"],
    ["AGENT_PID='0'", "AGENT_SPAWNER='1:1'"],
  ])
    it(`is mended, and neither the agent ended nor its work taken away: ${damage.join(' ')}`, async () => {
      const file = home.file('state/a1.env')
      const good = readFileSync(file, 'utf8')
      const damaged = damage.reduce((text, line) => {
        return text.replace(new RegExp(`^${line.slice(0, line.indexOf('='))}=.*$`, 'm'), line)
      }, good)
      assert.notEqual(damaged, good)
      writeFileSync(file, damaged)
      const { stdout, stderr } = await home.run(['list', '--json'])
      const [row] = JSON.parse(stdout) as AgentRow[]
      assert.deepEqual([row?.status, row?.pid], ['running', launcher])
      assert.match(
        stderr,
        /^agentvm: warning: agent 'a1' runs: its state file named another process, and is mended$/m,
      )
      assert.ok(launcher && existsSync(`/proc/${launcher}`))
      assert.equal(home.read('workspaces/a1/w'), 'work\n')
      const { stderr: second } = await home.run(['list'])
      assert.equal(second, '')
    })
})
