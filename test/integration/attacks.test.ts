import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { findCgroupParents } from '../../src/system/cgroups/find.ts'
import { TestHome, until } from '../support/agentvm.ts'

/** What every machine has; the rest needs control groups, which ordinary users and containers often lack. */
const grouped = findCgroupParents()?.folders ?? {}
const MIB = 1024 ** 2
const LOG_CAP = MIB / 4

describe('agents that attack the machine’s resources at once', function () {
  this.timeout(240_000)
  const home = new TestHome()
  const env = { AGENTVM_LOG_SIZE: String(LOG_CAP), AGENTVM_TMP_SIZE: String(2 * MIB) }
  let follower: ReturnType<TestHome['start']>
  let followed = 0

  const start = async (name: string, script: string, ...flags: string[]) => {
    const { code, stderr } = await home.run(
      ['spawn', name, '--net', 'none', ...flags, '--', 'sh', '-c', script],
      { env },
    )
    assert.equal(code, 0, stderr)
  }
  const reasonOf = async (name: string) =>
    (await home.json<{ end_reason: string | null }>('info', name)).end_reason
  const logSizes = () =>
    ['state/flood.log', 'state/flood.log.1'].map((file) =>
      existsSync(home.file(file)) ? statSync(home.file(file)).size : 0,
    )

  before(async () => {
    await start('good', 'while read -r word; do echo "heard $word"; done')
    await Promise.all([
      start('flood', 'yes "$(printf %0100d 7)"'),
      start('filler', 'cat /dev/zero >/tmp/big; stat -c "filled %s" /tmp/big; cat /dev/zero >/tmp/more; cat'),
      start('bomb', 'f() { f | f & }; while :; do f; done', '--pids', '40'),
      start('hog', 'exec perl -e \'$x .= "x" x 1e6 while 1\'', '--memory', '64M'),
    ])
    follower = home.start(['logs', 'flood', '--follow'])
    follower.stdout?.on('data', (chunk: Buffer) => {
      followed += chunk.length
    })
  })
  after(async () => {
    follower.kill()
    await home.remove()
  })

  it('don’t keep another agent from answering', async () => {
    await home.ok('exec', 'good', 'hello')
    await until(async () => (await home.ok('logs', 'good')).includes('heard hello'), 'an answer')
  })

  it('can’t make the log longer than its bound, and who follows it reads on over each rotation', async () => {
    await until(() => followed > 6 * LOG_CAP, 'output from after several rotations')
    assert.equal(follower.exitCode, null)
    // tmux hands the log over in pieces: the last one may cross the bound.
    for (const size of logSizes()) assert.ok(size <= LOG_CAP + MIB / 8, `${size} bytes`)
  })

  it('can’t fill more than their own /tmp', async () => {
    await until(async () => (await home.ok('logs', 'filler')).includes(`filled ${2 * MIB}`), 'a full /tmp')
  })

  it('end by the bound that they ran against, which ps, info and list name', async () => {
    for (const [name, reason, isBounded] of [
      ['bomb', 'process-limit', grouped.pids],
      ['hog', 'out-of-memory', grouped.memory],
    ] as const) {
      if (!isBounded) continue
      await until(async () => (await reasonOf(name)) === reason, `the end of ${name}`)
    }
    for (const command of [['list'], ['ps', '--all']]) {
      if (grouped.memory) assert.match(await home.ok(...command), /^hog +dead \(memory\)/m)
    }
  })

  it('all are ended, by the same command as any', async () => {
    await home.ok('kill', 'flood', 'filler', '--grace', '0')
    assert.match(await home.ok('list'), /^good +running/m)
  })
})
