import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCgroupParents } from '../../src/system/cgroups/find.ts'
import { processesWith, RUN_JS, TestHome, until } from '../support/agentvm.ts'
import { ACTORS } from '../support/wrapped.ts'

/** What every machine has; the rest needs control groups, which ordinary users and containers often lack. */
const grouped = findCgroupParents()?.folders ?? {}

describe('limits of an agent', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const start = (name: string, script: string, ...flags: string[]) =>
    home.ok(
      'spawn',
      name,
      ...(flags.includes('--net') ? [] : ['--net', 'none']),
      ...flags,
      '--',
      'sh',
      '-c',
      script,
    )
  const ended = async (name: string) => {
    await home.run(['wait', name])
    return home.json<{ end_reason: string; exit_code: number }>('info', name)
  }
  const cgroupOf = (name: string): string[] => {
    const line = home.read('state', `${name}.env`).match(/^AGENT_CGROUP='(.*)'$/m)?.[1]
    return line ? JSON.parse(line) : []
  }

  it('are those of the policy page by default, and shown', async () => {
    await start('a', 'ulimit -n; ulimit -c; sleep 100')
    const { policy } = await home.json<{ policy: { limits: Record<string, number> } }>('info', 'a')
    assert.equal(policy.limits.memory, 8 * 1024 ** 3)
    assert.equal(policy.limits.processes, 1024)
    const log = await until(async () => (await home.ok('logs', 'a')).match(/^(\d+)\n(\d+)/), 'the limits')
    assert.ok(Number(log[1]) <= 65_536)
    assert.equal(log[2], '0')
    assert.match(await home.ok('info', 'a'), /limits +memory 8\.0 GiB/)
    const [row] = await home.json<{ memory_limit: number; process_limit: number; cpu_limit: null }[]>('ps')
    assert.equal(row?.memory_limit, grouped.memory ? 8 * 1024 ** 3 : null)
    assert.equal(row?.process_limit, grouped.pids ? 1024 : null)
    assert.equal(row?.cpu_limit, null)
    if (grouped.memory && grouped.pids) assert.match(await home.ok('ps'), /8\.0 GiB, 1024 processes/)
  })

  it('warn of a workspace that is too large once something has measured it', async () => {
    const env = { AGENTVM_WORKSPACE_SIZE: '1M' }
    await start('a', 'sleep 100')
    writeFileSync(home.file('workspaces/a/big'), '')
    truncateSync(home.file('workspaces/a/big'), 2 * 1024 ** 2)
    assert.equal((await home.run(['list'], { env })).stderr, '')
    const { stdout } = await home.run(['doctor', '--json'], { env })
    assert.match(stdout, /"name":\s*"workspace a",\s*"status":\s*"warning"/)
    for (const command of ['list', 'ps']) {
      assert.match((await home.run([command], { env })).stderr, /agent 'a' has a workspace of 2 MiB/)
      assert.equal((await home.run([command])).stderr, '')
    }
  })

  it('end an agent that uses too much memory, and only that one, and say so', async () => {
    if (!grouped.memory) return
    await start('good', 'sleep 100')
    await start('hog', 'exec perl -e \'$x .= "x" x 1e6 while 1\'', '--memory', '64M')
    const info = await ended('hog')
    assert.equal(info.end_reason, 'out-of-memory')
    assert.equal(info.exit_code, 137)
    assert.match(await home.ok('info', 'hog'), /dead: out of memory, exited with code 137/)
    assert.match(home.read('events.jsonl'), /"event":"exit".*"reason":"out-of-memory"/)
    assert.equal((await home.json<{ status: string }>('info', 'good')).status, 'running')
  })

  it('stop a fork bomb within its agent, and say so', async () => {
    if (!grouped.pids) return
    const mark = `97${process.pid}`
    await start(
      'bomb',
      `i=0; while [ $i -lt 200 ]; do sleep ${mark} & i=$((i+1)); done; echo over; exit 3`,
      '--pids',
      '40',
    )
    const info = await ended('bomb')
    assert.equal(info.end_reason, 'process-limit')
    assert.match(home.read('history.log'), /\texit\tbomb\t.* reason=process-limit$/m)
    assert.ok(!(await home.ok('logs', 'bomb')).includes('over'))
    await until(() => processesWith(`sleep\0${mark}`).length === 0, 'the end of all')
  })

  it('hold for a run as well', async () => {
    if (!grouped.memory) return
    const args = ['run', '--keep', '--name', 'r', '--net', 'none', '--memory', '64M', '--']
    const { code } = await home.run([...args, 'perl', '-e', '$x .= "x" x 1e6 while 1'])
    assert.equal(code, 137)
    assert.equal((await home.json<{ end_reason: string }>('info', 'r')).end_reason, 'out-of-memory')
  })

  it('bound CPU time', async () => {
    if (!grouped.cpu) return
    await start('slow', 'sleep 100', '--cpus', '0.5')
    const folder = cgroupOf('slow').find(
      (path) => existsSync(`${path}/cpu.cfs_quota_us`) || existsSync(`${path}/cpu.max`),
    )
    const bound = ['cpu.cfs_quota_us', 'cpu.max'].map((file) => `${folder}/${file}`).find(existsSync)
    assert.match(readFileSync(bound ?? '', 'utf8'), /^50000\b/)
  })

  it('leave no control group behind: after an end, a kill, a lost launcher, a run, a failed start', async () => {
    if (!grouped.pids) return
    await start('ends', 'true')
    const folders = cgroupOf('ends')
    assert.ok(folders.length > 0)
    await ended('ends')
    await start('killed', 'sleep 100')
    folders.push(...cgroupOf('killed'))
    await home.ok('kill', 'killed', '--grace', '0')
    await start('lost', 'sleep 100')
    folders.push(...cgroupOf('lost'))
    const { pid } = await home.json<{ pid: number }>('info', 'lost')
    process.kill(pid, 'SIGKILL')
    await until(
      async () => (await home.json<{ status: string }>('info', 'lost')).status === 'dead',
      'the end',
    )
    await home.ok('run', '--net', 'none', '--', 'true')
    assert.equal((await home.run(['spawn', 'fails', '--', 'no-such-program'])).code, 127)
    for (const folder of folders) assert.ok(!existsSync(folder), folder)
    assert.deepEqual(cgroupOf('lost'), [])
  })

  it('let kill end what has detached itself from an agent without a sandbox', async () => {
    if (!grouped.pids) return
    const mark = `95${process.pid}`
    await start('none', `env -i setsid sleep ${mark} & sleep 100`, '--sandbox', 'none', '--net', 'host')
    await until(() => processesWith(`sleep\0${mark}`).length === 1, 'the start')
    await home.ok('kill', 'none')
    assert.deepEqual(processesWith(`sleep\0${mark}`), [])
  })

  it('are taken away by 0', async () => {
    await start('free', 'sleep 100', '--memory', '0', '--pids', '0')
    assert.deepEqual(cgroupOf('free'), [])
  })

  it('are refused where they are no numbers', async () => {
    for (const flag of [
      ['--memory', 'much'],
      ['--pids', '-1'],
      ['--cpus', '1e3'],
    ]) {
      const { code, stderr } = await home.run(['spawn', 'x', ...flag, '--', 'true'])
      assert.equal(code, 2, stderr)
      assert.match(stderr, /is not a (size|number)/)
    }
  })

  it('may be required', async () => {
    const { code, stderr } = await home.run([
      'spawn',
      'x',
      '--sandbox',
      'none',
      '--net',
      'host',
      '--require-limits',
      '--',
      'true',
    ])
    assert.equal(code, 1)
    assert.match(stderr, /limits can't be enforced here as asked: .*tmpSize: no bound/)
    assert.deepEqual(home.leftovers('workspaces', 'homes', 'run'), [])
  })

  describe('of an ordinary user', () => {
    const user = process.getuid?.() === 0 ? ACTORS.find(({ uid }) => uid !== 0) : undefined
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'agentvm-user-'))
      if (user) chownSync(folder, user.uid, user.gid)
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    /** Calls agentvm as that user. Undefined if that user can't even read this checkout. */
    const asUser = (env: Record<string, string> = {}) => {
      if (!user) return undefined
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [RUN_JS, ...args], {
          ...{ uid: user.uid, gid: user.gid, cwd: '/', encoding: 'utf8' as const },
          env: {
            // The runner's folder for coverage isn't that user's to write to.
            NODE_V8_COVERAGE: '',
            ...{ PATH: process.env.PATH, HOME: folder, SHELL: '/bin/sh', AGENTVM_HOME: join(folder, 'home') },
            ...env,
          },
        })
      return run('version').status === 0 ? run : undefined
    }

    it('hold a process where there is no control group, and a line says so once', () => {
      const run = asUser()
      if (!run) return
      const bomb = 'i=0; while [ $i -lt 60 ]; do sleep 100 & i=$((i+1)); done; echo over'
      const script = `ulimit -d; ${bomb}`
      const { stdout, stderr } = run('run', '--net', 'none', '--pids', '30', '--', 'sh', '-c', script)
      assert.match(stdout, /^2097152$/m)
      assert.doesNotMatch(stdout, /over/)
      assert.equal(stderr.match(/memory: 2048 MiB a process/g)?.length, 1, stderr)
      const refused = run('run', '--net', 'none', '--require-limits', '--', 'true')
      assert.equal(refused.status, 125)
      assert.match(refused.stderr, /limits can't be enforced here/)
    })

    it('are given to systemd where that works, and the agent starts in its scope', () => {
      const runtime = join(folder, 'run')
      mkdirSync(join(runtime, 'systemd'), { recursive: true })
      // A stand-in for systemd-run that does what its --scope does, without a scope.
      writeFileSync(
        join(folder, 'systemd-run'),
        `#!/bin/sh
echo "$@" >>"\${0%/*}/calls"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
`,
        { mode: 0o755 },
      )
      writeFileSync(join(runtime, 'systemd', 'private'), '')
      chmodSync(join(runtime, 'systemd', 'private'), 0o666)
      const run = asUser({ PATH: `${folder}:${process.env.PATH}`, XDG_RUNTIME_DIR: runtime })
      if (!run) return
      const flags = ['--net', 'none', '--memory', '1G', '--cpus', '1.5', '--require-limits']
      for (const _ of [1, 2]) {
        const { stdout, stderr, status } = run('run', ...flags, '--', 'sh', '-c', 'echo within; exit 3')
        assert.deepEqual([stdout, stderr, status], ['within\n', '', 3])
      }
      const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
      assert.equal(calls.length, 3, 'one trial a boot, then one call a start')
      assert.match(calls[2] ?? '', /^--user --scope --quiet --collect --unit=agentvm-[a-z0-9]{8}-\d+ /)
      assert.match(
        calls[2] ?? '',
        /-p MemoryMax=1073741824 -p MemorySwapMax=0 -p TasksMax=1024 -p CPUQuota=150% -- /,
      )
    })
  })
})

describe('the log of an agent that writes too much', function () {
  this.timeout(240_000)

  it('stays within its size, and is followed and read to its last line', async () => {
    const home = new TestHome()
    try {
      const env = { AGENTVM_LOG_SIZE: '1M' }
      const script = 'echo up; read -r go; seq 200000'
      await home.run(['spawn', 'a', '--net', 'none', '--', 'sh', '-c', script], { env })
      const follower = home.start(['logs', 'a', '-f', '-n', '10'])
      const seen: string[] = []
      follower.stdout?.setEncoding('utf8').on('data', (text: string) => void seen.push(text))
      await until(() => seen.join('').includes('up'), 'what was there before')
      await home.ok('exec', 'a', 'go')
      await new Promise((resolve) => follower.once('close', resolve))
      const numbers = seen.join('').match(/^\d+$/gm) ?? []
      assert.equal(numbers.length, 200_000)
      assert.equal(numbers.at(-1), '200000')
      assert.ok(existsSync(home.file('state', 'a.log.1')))
      const { log_bytes } = await home.json<{ log_bytes: number }>('info', 'a')
      assert.ok(log_bytes > 1_300_000 && log_bytes < 2 * 1024 ** 2, String(log_bytes))
      const tail = (await home.ok('logs', 'a', '-n', '150000')).trim().split('\n')
      assert.deepEqual([tail.length, tail[0], tail.at(-1)], [150_000, '50001', '200000'])
      await home.ok('clean', '--force')
      assert.deepEqual(
        home.leftovers('state').filter((name) => name.includes('log')),
        [],
      )
    } finally {
      await home.remove()
    }
  })
})
