import assert from 'node:assert/strict'
import { TestHome } from '../support/agentvm.ts'

describe('agentvm policy', function () {
  this.timeout(240_000)
  let home: TestHome
  before(async () => {
    home = new TestHome()
    const env = { AGENTVM_CPUS: '2', SECRET: 'of-the-caller' }
    const flags = ['--net', 'none', '--memory', '1G', '--protect', 'strict', '-e', 'SECRET']
    const { code, stderr } = await home.run(['spawn', 'a', ...flags, '--', 'sleep', '100'], { env })
    assert.equal(code, 0, stderr)
  })
  after(() => home.remove())

  it('shows what holds and which layer decided it, without a secret', async () => {
    const { policy } = await home.json<{ policy: Record<string, Record<string, unknown>> }>('policy', 'a')
    assert.equal(policy.limits?.memory, 1024 ** 3)
    const sources = policy.sources ?? {}
    assert.deepEqual(
      ['network', 'limits.memory', 'limits.cpus', 'limits.processes', 'protect', 'gitConfig'].map(
        (key) => sources[key],
      ),
      ['flag', 'flag', 'config', 'default', 'flag', 'default'],
    )
    const text = await home.ok('policy', 'a')
    assert.match(text, /limit memory +1\.0 Gi?B +flag/)
    assert.match(text, /limit cpus +2 +config/)
    assert.doesNotMatch(text + JSON.stringify(policy), /of-the-caller/)
  })

  it('explains an access by what is really in force', async () => {
    const explain = (...args: string[]) => home.ok('policy', 'explain', 'a', ...args)
    assert.match(await explain('write', '.envrc'), /^denied: write \.envrc \(protect: /)
    assert.match(await explain('write', 'src/x'), /^allowed: .*workspace/)
    assert.match(await explain('read', '/etc/shadow'), /^denied/)
    assert.match(await explain('connect', 'example.org'), /^denied: .*no network/)
    const json = await home.json<{ allowed: boolean; rule: string }>('policy', 'explain', 'a', 'read', '/usr')
    assert.deepEqual([json.allowed, json.rule], [true, 'system'])
  })

  it('refuses what it doesn’t know', async () => {
    assert.equal((await home.run(['policy', 'explain', 'a', 'smell', 'x'])).code, 2)
    assert.match((await home.run(['policy', 'b'])).stderr, /no agent 'b'|there is no/)
  })

  it('is printed by a dry run as well', async () => {
    const plan = JSON.parse(await home.ok('spawn', 'b', '--dry-run', '--pids', '7', '--', 'true'))
    assert.equal(plan.limits.processes, 7)
    assert.equal(plan.protect, 'existing')
    assert.equal(plan.gitConfig, 'ro')
  })
})
