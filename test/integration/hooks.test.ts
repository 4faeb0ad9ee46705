import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import type { AgentRow } from '../../src/agents/report/view.ts'
import { outcome, processesWith, TestHome, until } from '../support/agentvm.ts'

describe('the hooks of the user', () => {
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const hook = (name: string, script: string, mode = 0o755) => {
    mkdirSync(home.file('hooks'), { recursive: true })
    writeFileSync(home.file('hooks', name), `#!/bin/sh\n${script}\n`)
    chmodSync(home.file('hooks', name), mode)
  }
  const spawn = (env: Record<string, string> = {}, ...args: string[]) =>
    home.run(['spawn', 'a1', ...args, '--', 'sh', '-c', 'ls; exec cat'], { env })

  it('run on the host with name and workspace, before the agent and after, and their output is shown', async () => {
    hook('pre-spawn', 'echo "before $1 $2"; echo template >"$2/from-hook"')
    hook('post-spawn', 'echo "after $1" >&2; cat "$AGENTVM_HOME/state/$1.env" >"$AGENTVM_HOME/seen"')
    const { code, stdout, stderr } = await spawn()
    assert.equal(code, 0)
    assert.equal(stderr, `before a1 ${home.file('workspaces', 'a1')}\nafter a1\n`)
    assert.match(stdout, /^a1: running/)
    await until(
      async () => (await home.ok('logs', 'a1')).includes('from-hook'),
      'the hook’s file in the agent',
    )
    assert.match(home.read('seen'), /^AGENT_PID='[1-9]/m)
  })

  it('have a clean environment without keys', async () => {
    hook('pre-spawn', 'env >"$AGENTVM_HOME/environment"; pwd >>"$AGENTVM_HOME/environment"')
    // Without the runner's own variable, which Node gives to every process that names no other.
    await spawn(
      { ANTHROPIC_API_KEY: 'sk-secret1', LC_TIME: 'C', FOO: 'bar', NODE_V8_COVERAGE: '' },
      '-t',
      'k=v',
      '-e',
      'FOO',
    )
    const environment = home.read('environment')
    assert.doesNotMatch(environment, /sk-secret1|FOO|NODE_/)
    const { id, workspace } = await home.json<AgentRow>('info', 'a1')
    for (const line of [
      ...['AGENTVM_AGENT_NAME=a1', `AGENTVM_AGENT_ID=${id}`, `AGENTVM_WORKSPACE=${workspace}`],
      ...['AGENTVM_HOOK=pre-spawn', 'AGENTVM_PROFILE=', 'AGENTVM_SANDBOX=bwrap', 'AGENTVM_TAGS=k=v'],
      ...[`AGENTVM_HOME=${home.path}`, 'LC_TIME=C', home.path],
    ])
      assert.ok(environment.split('\n').includes(line), `${line} in\n${environment}`)
  })

  it('warn and let the agent start where they fail', async () => {
    hook('pre-spawn', 'exit 3')
    hook('post-spawn', 'exit 4')
    const { code, stderr } = await spawn()
    assert.equal(code, 0)
    assert.match(stderr, /warning: a1: hooks\/pre-spawn failed \(exit code 3\)/)
    assert.match(stderr, /warning: a1: hooks\/post-spawn failed \(exit code 4\)/)
  })

  it('stop the spawn with AGENTVM_STRICT_HOOKS, and nothing is left; a dead agent stays as it was', async () => {
    hook('pre-spawn', 'exit 3')
    const strict = { AGENTVM_STRICT_HOOKS: 'true' }
    const { code, stderr } = await spawn(strict)
    assert.equal(code, 1)
    assert.match(stderr, /agent 'a1' was not started: hooks\/pre-spawn failed \(exit code 3\)/)
    assert.deepEqual(home.leftovers('state', 'run', 'homes', 'workspaces', 'secrets'), [])
    await home.ok('spawn', 'a1', '--', 'sh', '-c', 'exit 5')
    await home.ok('wait', 'a1')
    const again = await home.run(['restart', 'a1'], { env: strict })
    assert.equal(again.code, 1)
    const { exit_code, end_reason } = await home.json<AgentRow>('info', 'a1')
    assert.deepEqual([exit_code, end_reason], [5, 'exited'])
  })

  for (const [what, mode, problem] of [
    ['not executable', 0o644, /hooks\/pre-spawn is not executable, so it was not run: chmod \+x/],
    [
      'writable by everyone',
      0o757,
      /hooks\/pre-spawn can be changed by everyone, so it was not run: chmod o-w/,
    ],
  ] as const)
    it(`are not run where they are ${what}: a warning, or an error with AGENTVM_STRICT_HOOKS`, async () => {
      hook('pre-spawn', 'touch "$AGENTVM_HOME/ran"', mode)
      assert.match((await spawn({ AGENTVM_STRICT_HOOKS: 'true' })).stderr, problem)
      const { code, stderr } = await spawn()
      assert.deepEqual([code, problem.test(stderr)], [0, true])
      assert.equal(existsSync(home.file('ran')), false)
    })

  it('end on Ctrl-C with all that they have started, and the spawn is taken back', async () => {
    hook('pre-spawn', 'sleep 3401 & echo up >"$AGENTVM_HOME/up"; wait')
    const child = home.start(['spawn', 'a1', '--', 'cat'], { env: { NODE_V8_COVERAGE: '' } })
    const ended = outcome(child)
    await until(() => existsSync(home.file('up')), 'the hook')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    assert.deepEqual([code, /interrupted/.test(stderr)], [130, true])
    await until(() => processesWith('sleep\x003401').length === 0, 'the end of its process')
    assert.deepEqual(await home.json('list'), [])
    assert.deepEqual(home.leftovers('state', 'run', 'homes', 'workspaces'), [])
  })

  it('run for restart, and for run, where Ctrl-C ends them too', async () => {
    hook('pre-spawn', 'echo "$1" >>"$AGENTVM_HOME/names"')
    hook('post-spawn', 'echo "post $1" >>"$AGENTVM_HOME/names"')
    await home.ok('spawn', 'a1', '--', 'true')
    await home.ok('wait', 'a1')
    await home.ok('restart', 'a1')
    await home.ok('run', '--name', 'r1', '--', 'true')
    assert.equal(home.read('names'), 'a1\npost a1\na1\npost a1\nr1\npost r1\n')
    hook('pre-spawn', 'echo $$ >"$AGENTVM_HOME/pid"; sleep 3402')
    const child = home.start(['run', '--name', 'r2', '--', 'true'])
    const pid = (await home.written('pid')).trim()
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    assert.equal(code, 130)
    await until(() => !existsSync(`/proc/${pid}`), 'the end of the hook')
    assert.deepEqual(home.leftovers('workspaces', 'homes').length, 2)
  })
})
